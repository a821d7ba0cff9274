//! Named patterns: the pairs of paths that people know by a name.

use super::{ReadPath, Strategy, WritePath};

/// A strategy's name as people know it: a preset of read and write path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pattern {
    /// Lazy loading: the cache holds what has been asked for.
    CacheAside,
    /// The same through a library.
    ReadThrough,
    /// Every write goes to the cache too; a miss is loaded lazily.
    WriteThrough,
    /// Writes go to the cache, and to the database later.
    WriteBehind,
    /// Copies in use are reloaded before they expire.
    RefreshAhead,
    /// No cache at all: what every other pattern is measured against.
    NoCache,
}

impl Pattern {
    /// Every pattern, in the order in which they are offered.
    pub const ALL: [Pattern; 6] = [
        Pattern::CacheAside,
        Pattern::ReadThrough,
        Pattern::WriteThrough,
        Pattern::WriteBehind,
        Pattern::RefreshAhead,
        Pattern::NoCache,
    ];

    /// The pattern that a strategy is an instance of: what it writes names it before how it reads.
    pub const fn of(strategy: &Strategy) -> Pattern {
        match (strategy.read, strategy.write) {
            (ReadPath::NoCache, _) => Pattern::NoCache,
            (_, WritePath::WriteThrough) => Pattern::WriteThrough,
            (_, WritePath::WriteBehind) => Pattern::WriteBehind,
            (ReadPath::CacheAside, _) => Pattern::CacheAside,
            (ReadPath::ReadThrough, _) => Pattern::ReadThrough,
            (ReadPath::RefreshAhead, _) => Pattern::RefreshAhead,
        }
    }

    /// Its read and write path, as it is usually taught.
    pub const fn paths(self) -> (ReadPath, WritePath) {
        match self {
            Pattern::CacheAside => (ReadPath::CacheAside, WritePath::WriteAround),
            Pattern::ReadThrough => (ReadPath::ReadThrough, WritePath::Invalidate),
            Pattern::WriteThrough => (ReadPath::CacheAside, WritePath::WriteThrough),
            Pattern::WriteBehind => (ReadPath::CacheAside, WritePath::WriteBehind),
            Pattern::RefreshAhead => (ReadPath::RefreshAhead, WritePath::Invalidate),
            Pattern::NoCache => (ReadPath::NoCache, WritePath::WriteAround),
        }
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        match self {
            Pattern::CacheAside => "Cache-aside",
            Pattern::ReadThrough => "Read-through",
            Pattern::WriteThrough => "Write-through",
            Pattern::WriteBehind => "Write-behind",
            Pattern::RefreshAhead => "Refresh-ahead",
            Pattern::NoCache => "No cache",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_its_own_preset() {
        for pattern in Pattern::ALL {
            let (read, write) = pattern.paths();
            assert_eq!(Pattern::of(&Strategy::new(read, write)), pattern);
        }
    }
}
