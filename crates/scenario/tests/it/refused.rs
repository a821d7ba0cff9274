//! What a refusal has to say.

use scenario::Invalid;

/// Checks that a refusal names its place and says each of these parts.
pub fn assert_says(invalid: &Invalid, path: &str, says: &[&str]) {
    assert_eq!(invalid.path, path);
    for part in says {
        assert!(
            invalid.message.contains(part),
            "{:?} must say {part:?}",
            invalid.message
        );
    }
}
