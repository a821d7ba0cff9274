//! How the application uses the cache: a read path, a write path, a TTL and defences. One file a path;
//! this file is their registry.
//!
//! To add one: a file beside this one with a constant `ABOUT`, its `mod` line here, and a line in one of
//! the two `paths!` calls, which gives the name that scenarios and links use.

mod about;
mod blocks;
mod cache_aside;
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::Instruction;

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
