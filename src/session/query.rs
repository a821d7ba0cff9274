//! The set-up in a page's address: `?embed=1&scenario=leaderboard&step=7` and so on. What is wrong with
//! it gives a warning, and the default.

use scenario::{Scene, quoted};

/// How much of the transport is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Controls {
    /// All of it, and every setting.
    #[default]
    Full,
    /// The buttons and the timeline.
    Step,
    /// Nothing.
    None,
}

/// In which form the page tells its host how tall it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Resize {
    /// `{subject: "lti.frameResize", height}`, as Canvas and SPLICE take it.
    #[default]
    Lti,
    /// The same as JSON text, for hosts that expect one.
    LtiString,
    /// `{context: "h5p", action: "resize", …}`.
    H5p,
    /// Not at all.
    None,
}

/// What an address asks for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Query {
    /// The page is a part of another one: without its own bar.
    pub embed: bool,
    /// The scene to begin with; the opening scene if there is none.
    pub scene: Option<&'static Scene>,
    /// The step to begin at.
    pub step: u32,
    /// Another seed than the scene's.
    pub seed: Option<u64>,
    /// Dark or light, whatever the system prefers.
    pub dark: Option<bool>,
    /// No movement, whatever the system prefers.
    pub still: bool,
    /// How much of the transport is shown.
    pub controls: Controls,
    /// Larger type, for a projector.
    pub present: bool,
    /// The only lane that is shown, from 0; all if there is none.
    pub lane: Option<usize>,
    /// The parts of the page that are left out, of [`PARTS`].
    pub without: Vec<&'static str>,
    /// How the host is told the page's height.
    pub resize: Resize,
    /// The only origin that messages go to.
    pub parent_origin: Option<String>,
    /// What could not be understood, in sentences.
    pub warnings: Vec<String>,
}

/// Every name, for the warning about an unknown one.
const NAMES: &str = "embed, scenario, step, seed, theme, motion, controls, present, lane, without, resize, parentOrigin";
/// The parts of the page that can be left out: the style sheet hides what `data-without` names.
const PARTS: [&str; 5] = ["numbers", "code", "time", "compare", "panels"];

impl Query {
    /// Reads names and values, percent-decoded. Names are read in any case.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Query {
        let mut query = Query::default();
        for (name, value) in pairs {
            let lower = name.to_ascii_lowercase();
            // Other sites add these to any link to see who follows it.
            if lower.starts_with("utm_") || ["fbclid", "gclid"].contains(&&*lower) {
                continue;
            }
            if let Err(expected) = query.set(&lower, value) {
                let value = quoted(value, 40);
                query.warnings.push(match expected {
                    None => format!("Unknown option {}. Known: {NAMES}.", quoted(name, 40)),
                    Some(expected) => {
                        format!("In the link {name} must be {expected}, but is {value}.")
                    }
                });
            }
        }
        query
    }

    /// Takes one value. The error is what was expected, or nothing if there is no such name.
    fn set(&mut self, name: &str, value: &str) -> Result<(), Option<&'static str>> {
        let one_of = |choices: &[&str], expected| {
            let found = choices
                .iter()
                .position(|choice| choice.eq_ignore_ascii_case(value));
            found.ok_or(Some(expected))
        };
        let switch = || one_of(&["0", "1"], "0 or 1").map(|on| on == 1);
        match name {
            "embed" => self.embed = switch()?,
            "present" => self.present = switch()?,
            "scenario" => {
                let found = Scene::named(value);
                self.scene = Some(found.ok_or(Some("the name of a scene, such as leaderboard"))?);
            }
            "step" => self.step = value.parse().map_err(|_| Some("the number of a step"))?,
            "seed" => {
                let seed = value
                    .parse()
                    .map_err(|_| Some("a whole number below 2^64"))?;
                self.seed = Some(seed);
            }
            "theme" => {
                let theme = one_of(&["auto", "light", "dark"], "auto, light or dark")?;
                self.dark = [None, Some(false), Some(true)][theme];
            }
            "motion" => self.still = one_of(&["auto", "reduce"], "auto or reduce")? == 1,
            "controls" => {
                let controls = one_of(&["full", "step", "none"], "full, step or none")?;
                self.controls = [Controls::Full, Controls::Step, Controls::None][controls];
            }
            "lane" => {
                let expected = "the letter of a lane, A to D";
                self.lane = Some(one_of(&["A", "B", "C", "D"], expected)?);
            }
            "without" => {
                let expected =
                    "any of numbers, code, time, compare and panels, with commas between";
                let parts = value.split(',').map(|part| {
                    let part = part.trim();
                    PARTS
                        .into_iter()
                        .find(|name| name.eq_ignore_ascii_case(part))
                });
                self.without = parts.collect::<Option<_>>().ok_or(Some(expected))?;
            }
            "resize" => {
                let names = ["lti", "lti-string", "h5p", "none"];
                let resize = one_of(&names, "lti, lti-string, h5p or none")?;
                self.resize = [Resize::Lti, Resize::LtiString, Resize::H5p, Resize::None][resize];
            }
            "parentorigin" => {
                let is_origin = value.starts_with("https://") || value.starts_with("http://");
                let host = value.split_once("://").map_or("", |(_, host)| host);
                if !is_origin || host.is_empty() || host.contains(['/', '*', ' ']) {
                    return Err(Some("an origin, such as https://course.example"));
                }
                self.parent_origin = Some(value.to_owned());
            }
            _ => return Err(None),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_in_any_case() {
        let query = Query::read([
            ("EMBED", "1"),
            ("scenario", "Leaderboard"),
            ("Step", "7"),
            ("seed", "18446744073709551615"),
            ("theme", "dark"),
            ("motion", "reduce"),
            ("controls", "step"),
            ("present", "1"),
            ("lane", "b"),
            ("without", "code, Panels"),
            ("resize", "LTI-string"),
            ("parentOrigin", "https://course.example"),
        ]);
        assert_eq!(query.warnings, [""; 0]);
        assert_eq!(query.scene.map(|preset| preset.name), Some("leaderboard"));
        assert_eq!(
            (query.embed, query.step, query.seed),
            (true, 7, Some(u64::MAX))
        );
        assert_eq!(
            (query.dark, query.still, query.present),
            (Some(true), true, true)
        );
        assert_eq!(
            (query.lane, &*query.without),
            (Some(1), &["code", "panels"][..])
        );
        assert_eq!(
            (query.controls, query.resize),
            (Controls::Step, Resize::LtiString)
        );
        assert_eq!(
            query.parent_origin.as_deref(),
            Some("https://course.example")
        );
    }

    #[test]
    fn each_bad_value_gives_one_warning_that_names_it_and_the_default() {
        let bad = [
            ("embed", "yes"),
            ("scenario", "constructor"),
            ("step", "-1"),
            ("seed", "1e3"),
            ("theme", ""),
            ("motion", "off"),
            ("controls", "all"),
            ("present", "2"),
            ("lane", "1"),
            ("without", "code,stage"),
            ("resize", "no"),
            ("parentOrigin", "javascript:0"),
        ];
        for (name, value) in bad {
            let query = Query::read([(name, value)]);
            let [warning] = query.warnings.as_slice() else {
                panic!("{name}: {:?}", query.warnings);
            };
            assert!(
                warning.contains(name) && warning.ends_with('.'),
                "{warning}"
            );
            let warnings = query.warnings.clone();
            assert_eq!(
                query,
                Query {
                    warnings,
                    ..Query::default()
                }
            );
        }
        let query = Query::read([("lesson", "ttl"), ("utm_source", "x"), ("gclid", "y")]);
        assert_eq!(query.warnings.len(), 1);
        assert!(
            query.warnings[0].contains("\"lesson\""),
            "{:?}",
            query.warnings
        );
    }
}
