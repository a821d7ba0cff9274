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
    /// No database: the cache is the only place.
    CacheOnly,
    /// No cache at all: what every other pattern is measured against.
    NoCache,
}

impl Pattern {
    /// Every pattern, in the order in which they are offered.
    pub const ALL: [Pattern; 7] = [
        Pattern::CacheAside,
        Pattern::ReadThrough,
        Pattern::WriteThrough,
        Pattern::WriteBehind,
        Pattern::RefreshAhead,
        Pattern::CacheOnly,
        Pattern::NoCache,
    ];

    /// The pattern that a strategy is an instance of.
    pub fn of(strategy: &Strategy) -> Pattern {
        let named_by_write = strategy.write.about().pattern;
        named_by_write.unwrap_or(strategy.read.about().pattern)
    }

    /// What the rest of the program knows of it.
    pub const fn about(self) -> PatternAbout {
        match self {
            Pattern::CacheAside => PatternAbout {
                title: "Cache-aside",
                rule: "a miss fills the cache, a write goes to the database only",
                paths: (ReadPath::CacheAside, WritePath::WriteAround),
            },
            Pattern::ReadThrough => PatternAbout {
                title: "Read-through",
                rule: "a caching library loads on a miss, and a write deletes the key",
                paths: (ReadPath::ReadThrough, WritePath::Invalidate),
            },
            Pattern::WriteThrough => PatternAbout {
                title: "Write-through",
                rule: "every write goes to the database and then to the cache",
                paths: (ReadPath::CacheAside, WritePath::WriteThrough),
            },
            Pattern::WriteBehind => PatternAbout {
                title: "Write-behind",
                rule: "a write goes to the cache now and to the database later",
                paths: (ReadPath::CacheAside, WritePath::WriteBehind),
            },
            Pattern::RefreshAhead => PatternAbout {
                title: "Refresh-ahead",
                rule: "popular copies are reloaded before they expire",
                paths: (ReadPath::RefreshAhead, WritePath::Invalidate),
            },
            Pattern::CacheOnly => PatternAbout {
                title: "Cache only",
                rule: "there is no database; what the cache evicts or loses is gone",
                paths: (ReadPath::CacheOnly, WritePath::CacheOnly),
            },
            Pattern::NoCache => PatternAbout {
                title: "No cache",
                rule: "every read goes to the database",
                paths: (ReadPath::NoCache, WritePath::WriteAround),
            },
        }
    }

    /// Its read and write path, as it is usually taught.
    pub const fn paths(self) -> (ReadPath, WritePath) {
        self.about().paths
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        self.about().title
    }
}

/// A pattern's name, what it does, and the paths that it stands for.
pub struct PatternAbout {
    /// The name on screen.
    pub title: &'static str,
    /// What it does, as the second half of a sentence.
    pub rule: &'static str,
    paths: (ReadPath, WritePath),
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
