//! How the application uses the cache: a read path, a write path, a TTL and defences. One file a path;
//! this file is their registry.
//!
//! To add one: a file beside this one with a constant `ABOUT`, its `mod` line here, and a line in one of
//! the two `paths!` calls, which gives the name that scenarios and links use.

mod about;
mod blocks;
mod cache_aside;
mod cache_only_read;
mod cache_only_write;
mod defences;
mod delete_first;
mod invalidate;
mod no_cache;
mod pattern;
mod read_through;
mod refresh_ahead;
mod settings;
mod update;
mod write_around;
mod write_behind;
mod write_through;

pub use about::{ReadAbout, WriteAbout};
pub use defences::Defences;
pub use pattern::Pattern;
pub use settings::{Procedures, Strategy, WriteTtl};

use serde::{Deserialize, Serialize};

/// Makes the enum of the read paths or of the write paths.
macro_rules! paths {
    (
        $(#[$attribute:meta])*
        $paths:ident: $about:ty,
        $($path:ident $name:literal => $module:ident),+ $(,)?
    ) => {
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        $(#[$attribute])*
        pub enum $paths {
            $(
                #[doc = concat!("The path `", $name, "`.")]
                #[serde(rename = $name)]
                $path
            ),+
        }

        impl $paths {
            /// Every path, in the order in which they are offered.
            pub const ALL: [$paths; [$($name),+].len()] = [$($paths::$path),+];

            /// The name in scenarios and links.
            pub const fn name(self) -> &'static str {
                match self { $($paths::$path => $name),+ }
            }

            /// Its procedure, and what is said of it.
            pub const fn about(self) -> &'static $about {
                match self { $($paths::$path => &$module::ABOUT),+ }
            }
        }
    };
}

paths! {
    /// What the application does to read a key.
    #[serde(expecting = "the name of a read path")]
    ReadPath: ReadAbout,
    CacheAside "cache-aside" => cache_aside,
    ReadThrough "read-through" => read_through,
    RefreshAhead "refresh-ahead" => refresh_ahead,
    CacheOnly "cache-only" => cache_only_read,
    NoCache "no-cache" => no_cache,
}

paths! {
    /// What the application does to write a key.
    #[serde(expecting = "the name of a write path")]
    WritePath: WriteAbout,
    WriteAround "write-around" => write_around,
    Invalidate "invalidate" => invalidate,
    Update "update" => update,
    WriteThrough "write-through" => write_through,
    WriteBehind "write-behind" => write_behind,
    DeleteFirst "delete-first" => delete_first,
    CacheOnly "cache-only" => cache_only_write,
}

impl ReadPath {
    /// Whether the two paths go together: writes reach the database where there is one, and the cache only
    /// where reads use it.
    pub const fn goes_with(self, write: WritePath) -> bool {
        let (reads, writes) = (self.about(), write.about());
        reads.database == writes.database && (reads.caches || !writes.caches)
    }

    /// The write paths that go with it, in the order in which they are offered.
    pub fn writes(self) -> impl Iterator<Item = WritePath> {
        let all = WritePath::ALL.into_iter();
        all.filter(move |&write| self.goes_with(write))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Party;
    use crate::procedure::{Instruction, Procedure};

    #[test]
    fn every_procedure_begins_once_and_answers_once() {
        for read in ReadPath::ALL {
            for write in WritePath::ALL {
                let procedures = Strategy::new(read, write).procedures(true);
                for procedure in [procedures.read, procedures.write] {
                    let count = |wanted| {
                        let lines = procedure.lines.iter();
                        lines.filter(|line| line.instruction == wanted).count()
                    };
                    assert_eq!(procedure.find(Instruction::Begin), Some(0));
                    assert_eq!(count(Instruction::Begin), 1);
                    assert_eq!(count(Instruction::Reply), 1);
                }
            }
        }
    }

    /// What a path says of the parties that it needs is what its lines send to.
    #[test]
    fn every_path_sends_to_the_parties_that_it_names() {
        let sends_to = |procedure: &Procedure, party: Party| {
            let mut verbs = procedure.lines.iter().map(|line| line.instruction.verb());
            verbs.any(|verb| verb.is_some_and(|verb| verb.party() == party))
        };
        for read in ReadPath::ALL {
            let about = read.about();
            let procedure = Strategy::new(read, WritePath::WriteAround)
                .procedures(true)
                .read;
            assert_eq!(sends_to(&procedure, Party::Cache), about.caches, "{read:?}");
            assert_eq!(
                sends_to(&procedure, Party::Database),
                about.database,
                "{read:?}"
            );
        }
        for write in WritePath::ALL {
            let about = write.about();
            let procedure = Strategy::new(ReadPath::CacheAside, write)
                .procedures(true)
                .write;
            assert_eq!(
                sends_to(&procedure, Party::Cache),
                about.caches,
                "{write:?}"
            );
            assert_eq!(
                sends_to(&procedure, Party::Database),
                about.database,
                "{write:?}"
            );
        }
    }

    #[test]
    fn paths_without_a_party_go_only_with_each_other() {
        let writes = |read: ReadPath| read.writes().collect::<Vec<_>>();
        assert_eq!(writes(ReadPath::NoCache), [WritePath::WriteAround]);
        assert_eq!(writes(ReadPath::CacheOnly), [WritePath::CacheOnly]);
        for read in [
            ReadPath::CacheAside,
            ReadPath::ReadThrough,
            ReadPath::RefreshAhead,
        ] {
            let all_but_one = WritePath::ALL.len() - 1;
            assert_eq!(writes(read).len(), all_but_one);
            assert!(!read.goes_with(WritePath::CacheOnly));
        }
        // Each read path has a usual write path to go with it.
        for read in ReadPath::ALL {
            assert!(read.goes_with(read.about().pattern.paths().1), "{read:?}");
        }
    }

    /// Nothing is loaded without a database, so no defence adds a line but TTL jitter.
    #[test]
    fn defences_add_no_line_without_a_database() {
        let plain = Strategy::new(ReadPath::CacheOnly, WritePath::CacheOnly);
        let mut defended = plain;
        let second = Some(cache::units::Micros(1_000_000));
        defended.defences = Defences {
            ttl_jitter_percent: 0,
            single_flight: true,
            lease_us: second,
            version_check: true,
            double_delete_us: second,
            soft_ttl_us: second,
            xfetch_beta_percent: Some(100),
            negative_ttl_us: second,
            commit_log_us: second,
        };
        assert_eq!(defended.procedures(true), plain.procedures(false));
        assert_eq!(defended.fresh_for(None), None);
        defended.ttl_us = second;
        defended.defences.ttl_jitter_percent = 10;
        let write = defended.procedures(true).write;
        assert_eq!(
            &*write.lines[1].code,
            "  cache.SET(key, value, ttl ± jitter)"
        );
    }

    #[test]
    fn every_read_path_describes_itself() {
        for path in ReadPath::ALL {
            let about = path.about();
            let texts = [about.title, about.rule];
            assert!(texts.iter().all(|text| !text.is_empty()), "{path:?}");
        }
    }

    #[test]
    fn every_write_path_describes_itself() {
        for path in WritePath::ALL {
            let about = path.about();
            let texts = [about.title, about.short_title, about.rule];
            assert!(texts.iter().all(|text| !text.is_empty()), "{path:?}");
        }
    }
}
