//! The list of what comes later: paths of Rust modules, types and functions, one a line.

/// Whether functions come later, by their names.
pub struct List {
    lines: Vec<Line>,
}

struct Line {
    path: String,
    later: bool,
}

impl List {
    /// Reads the list. What follows `#` is a comment, and `not` before a path makes an exception.
    pub fn read(text: &str) -> Self {
        let lines = text.lines().filter_map(|line| {
            let line = format!(" {line}");
            // `{closure#0}` is a part of names.
            let line = line.split(" #").next().unwrap_or_default().trim();
            let (later, path) = match line.strip_prefix("not ") {
                Some(path) => (false, path.trim()),
                None => (true, line),
            };
            let path = path.to_owned();
            (!path.is_empty()).then_some(Line { path, later })
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// Whether a function of this name comes later: some line's path is in it, and no exception's.
    pub fn is_later(&self, name: &str) -> bool {
        let name = without_hashes(name);
        let mut fitting = self
            .lines
            .iter()
            .filter(|line| line.is_in(&name))
            .peekable();
        fitting.peek().is_some() && fitting.all(|line| line.later)
    }

    /// The paths that are in none of these names.
    pub fn idle<'a>(&'a self, names: &[&str]) -> Vec<&'a str> {
        let names: Vec<String> = names.iter().map(|name| without_hashes(name)).collect();
        let idle = |line: &&Line| !names.iter().any(|name| line.is_in(name));
        self.lines
            .iter()
            .filter(idle)
            .map(|line| line.path.as_str())
            .collect()
    }
}

/// A name without what tells apart crates of one name: `a[123456789abcdef]::b` is `a::b`. It is a number
/// of 64 bits, without zeros at its beginning.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if is_hash(hash) => plain.push_str(rest),
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

fn is_hash(text: &str) -> bool {
    (8..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Line {
    /// Whether the path is in the name, and not as a part of longer words.
    fn is_in(&self, name: &str) -> bool {
        let of_word = |c: char| c.is_alphanumeric() || c == '_';
        name.match_indices(&self.path).any(|(at, path)| {
            let (before, after) = (&name[..at], &name[at + path.len()..]);
            !before.ends_with(of_word) && !before.ends_with("::") && !after.starts_with(of_word)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::List;

    #[test]
    fn a_path_in_a_name_decides_unless_an_exception_is_in_it_too() {
        let list = List::read("# why\na::b   # its types too\nnot a::b::c\n\n");
        assert!(list.is_later("a[0123456789abcdef]::b::f"));
        assert!(list.is_later("<a::b::T as core::fmt::Debug>::fmt"));
        assert!(list.is_later("core::ptr::drop_in_place::<[a[123456789abcdef]::b::T]>"));
        assert!(!list.is_later("a[0123456789abcdef]::b::c::f"));
        assert!(!list.is_later("a::bc::f"));
        assert!(!list.is_later("x::a::b::f"));
        assert_eq!(list.idle(&["a::b::f"]), ["a::b::c"]);
    }
}
