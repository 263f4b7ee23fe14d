//! No circle between modules: what a module uses must not come back to use it, at any depth.
//!
//! Read from the `use` lines and the paths of the source, as text. A module may use its children and what its parents
//! define; between siblings the way goes in one direction. A name that a module hands on with `use` is followed to where
//! it is defined.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Fails where modules of the crate under `root` use each other in a circle; returns how many modules there are.
pub fn check(root: &Path) -> Result<usize> {
    let modules = modules(&sources(root)?);
    let circles = circles(&modules);
    if !circles.is_empty() {
        bail!(
            "modules use each other in a circle:\n{}",
            circles.join("\n")
        );
    }
    Ok(modules.len())
}

/// A file of source: the names of its module, its path for people, and its text.
type Source = (Names, String, String);

/// A module by its names from the root of the crate; the root itself has none.
type Names = Vec<String>;

#[derive(Default)]
struct Module {
    /// Paths that it names, each with its line.
    uses: Vec<(Names, usize)>,
    /// What it hands on under another path: the last name, and the path that it stands for.
    names: BTreeMap<String, Names>,
    file: String,
}

type Modules = BTreeMap<Names, Module>;

fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(root)?.with_extension("");
                let mut names: Names = inside
                    .iter()
                    .map(|name| name.to_string_lossy().into_owned())
                    .collect();
                if names == ["lib"] || names == ["main"] {
                    names.clear();
                }
                let text = fs::read_to_string(&path)?;
                sources.push((names, path.display().to_string(), text));
            }
        }
    }
    Ok(sources)
}

fn modules(sources: &[Source]) -> Modules {
    let all: BTreeSet<&Names> = sources.iter().map(|(names, ..)| names).collect();
    let read = |(names, file, text): &Source| {
        let mut module = Module {
            file: file.clone(),
            ..Module::default()
        };
        paths(&tokens(text), |path, line, name| {
            let Some(path) = absolute(names, &path, &all) else {
                return;
            };
            if let Some(name) = name {
                module.names.insert(name, path.clone());
            }
            module.uses.push((path, line));
        });
        (names.clone(), module)
    };
    sources.iter().map(read).collect()
}

/// Words and marks of the source, without comments and strings, each with its line.
fn tokens(source: &str) -> Vec<(String, usize)> {
    let mut tokens: Vec<(String, usize)> = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let mut rest = line;
        while let Some(letter) = rest.chars().next() {
            if rest.starts_with("//") {
                break;
            }
            let length = if letter == '"' {
                let closed = rest.char_indices().skip(1).find(|(at, letter)| {
                    *letter == '"' && rest.as_bytes().get(at.wrapping_sub(1)) != Some(&b'\\')
                });
                closed.map_or(rest.len(), |(at, _)| at + 1)
            } else if let Some(length) = character(rest) {
                length
            } else if is_word(letter) {
                let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
                tokens.push((rest[..end].to_owned(), index + 1));
                end
            } else if rest.starts_with("::") {
                tokens.push(("::".to_owned(), index + 1));
                2
            } else {
                if !letter.is_whitespace() {
                    tokens.push((letter.to_string(), index + 1));
                }
                letter.len_utf8()
            };
            rest = &rest[length..];
        }
    }
    tokens
}

/// The length in bytes of a character literal at the start; `None` for a lifetime, and for anything else.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let end = if inside.starts_with('\\') {
        2 + inside.get(2..)?.find('\'')?
    } else {
        inside.chars().next()?.len_utf8()
    };
    inside.get(end..)?.starts_with('\'').then_some(end + 2)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Calls `found` with every path of a `use`, with the name that it gets, and with every path elsewhere that begins at
/// `crate`, `super` or `self`.
fn paths(tokens: &[(String, usize)], mut found: impl FnMut(Names, usize, Option<String>)) {
    let mut at = 0;
    while let Some((token, line)) = tokens.get(at) {
        match token.as_str() {
            "use" => at = use_tree(tokens, at + 1, &Names::new(), &mut found),
            "crate" | "super" | "self" => {
                let mut path = vec![token.clone()];
                while let (Some((mark, _)), Some((word, _))) =
                    (tokens.get(at + 1), tokens.get(at + 2))
                    && mark == "::"
                    && word.starts_with(is_word)
                {
                    path.push(word.clone());
                    at += 2;
                }
                found(path, *line, None);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads one tree of a `use` from `at` on; returns where it ends.
fn use_tree(
    tokens: &[(String, usize)],
    mut at: usize,
    before: &Names,
    found: &mut impl FnMut(Names, usize, Option<String>),
) -> usize {
    let mut path = before.clone();
    let mut name = None;
    let mut line = 0;
    while let Some((token, here)) = tokens.get(at) {
        line = *here;
        at += 1;
        match token.as_str() {
            "::" => {}
            "{" => loop {
                match tokens.get(at).map(|(token, _)| token.as_str()) {
                    Some("}") | None => return at + 1,
                    Some(",") => at += 1,
                    Some(_) => at = use_tree(tokens, at, &path, found),
                }
            },
            "as" => name = tokens.get(at).map(|(name, _)| name.clone()),
            word if word.starts_with(is_word) => {
                if name.is_none() && (word != "self" || path.is_empty()) {
                    path.push(word.to_owned());
                }
            }
            "*" => {}
            _ => {
                at -= 1;
                break;
            }
        }
    }
    let name = name.or_else(|| path.last().cloned());
    found(path, line, name);
    at
}

/// The path from the root of the crate; `None` for one into another crate.
fn absolute(module: &Names, path: &[String], all: &BTreeSet<&Names>) -> Option<Names> {
    let (first, rest) = path.split_first()?;
    let mut from = module.clone();
    match first.as_str() {
        "crate" => from.clear(),
        "self" => {}
        "super" => {
            from.pop();
        }
        child => {
            from.push(child.to_owned());
            if !all.contains(&from) {
                return None;
            }
        }
    }
    for name in rest {
        if name == "super" {
            from.pop();
        } else {
            from.push(name.clone());
        }
    }
    Some(from)
}

/// The module that defines what a path names.
fn home(modules: &Modules, path: &[String], depth: usize) -> Names {
    let known = (0..=path.len())
        .rev()
        .find(|length| modules.contains_key(&path[..*length]))
        .unwrap_or(0);
    let (module, rest) = path.split_at(known);
    let handed_on = rest
        .first()
        .and_then(|name| modules.get(module)?.names.get(name));
    match handed_on {
        // A module that is used under its own name leads back to itself.
        Some(target) if depth < 8 && target != path => {
            let whole = [target.as_slice(), &rest[1..]].concat();
            home(modules, &whole, depth + 1)
        }
        _ => module.to_vec(),
    }
}

/// Which sibling uses which, by their parent, with a place that shows it.
type Edges = BTreeMap<Names, BTreeMap<String, BTreeMap<String, String>>>;

fn circles(modules: &Modules) -> Vec<String> {
    let mut edges = Edges::new();
    for (from, module) in modules {
        for (path, line) in &module.uses {
            let to = home(modules, path, 0);
            let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if let (Some(user), Some(used)) = (from.get(common), to.get(common)) {
                edges
                    .entry(from[..common].to_vec())
                    .or_default()
                    .entry(user.clone())
                    .or_default()
                    .entry(used.clone())
                    .or_insert_with(|| format!("{}:{line}", module.file));
            }
        }
    }
    let mut found = Vec::new();
    for siblings in edges.values() {
        for start in siblings.keys() {
            // Each circle once: from its first name in the alphabet.
            if let Some(circle) = circle(siblings, start) {
                let steps = circle.iter().zip(circle.iter().cycle().skip(1));
                let steps = steps.map(|(user, used)| {
                    format!("  {user} uses {used}: {}", siblings[*user][*used])
                });
                found.push(steps.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    found
}

/// The shortest way from a module back to itself, over modules behind it in the alphabet.
fn circle<'a>(
    siblings: &'a BTreeMap<String, BTreeMap<String, String>>,
    start: &'a String,
) -> Option<Vec<&'a String>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut next = Vec::new();
        for way in ways {
            for used in way
                .last()
                .and_then(|last| siblings.get(*last))
                .into_iter()
                .flat_map(BTreeMap::keys)
            {
                if used == start {
                    return Some(way);
                }
                if used > start && seen.insert(used) {
                    next.push([way.as_slice(), &[used]].concat());
                }
            }
        }
        ways = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
        let source = |(path, text): &(&str, &str)| {
            let names = path.split('/').filter(|name| !name.is_empty());
            let names = names.map(str::to_owned).collect();
            (names, format!("{path}.rs"), (*text).to_owned())
        };
        circles(&modules(&files.iter().map(source).collect::<Vec<_>>()))
    }

    #[test]
    fn a_way_in_one_direction_is_no_circle() {
        let files = [
            ("", "mod price; mod rule; mod estimate;"),
            ("price", "pub struct Price;"),
            ("rule", "use crate::price::Price;"),
            ("estimate", "use crate::{price, rule::Rule};"),
        ];
        assert!(circles_of(&files).is_empty());
    }

    #[test]
    fn a_circle_is_named_with_each_of_its_lines() {
        let files = [
            ("", ""),
            ("price", "\nuse crate::estimate::{self, Estimate};"),
            ("rule", "use crate::price::Price;"),
            ("estimate", "fn of(rule: crate::rule::Rule) {}"),
        ];
        assert_eq!(
            circles_of(&files),
            [
                "  estimate uses rule: estimate.rs:1\n  rule uses price: rule.rs:1\n  price uses estimate: price.rs:2"
            ]
        );
    }

    #[test]
    fn siblings_are_held_to_it_at_any_depth() {
        let files = [
            ("", ""),
            ("probe", "mod heif; mod brands;"),
            ("probe/heif", "use super::brands::Brand;"),
            ("probe/brands", "use super::heif;"),
        ];
        assert_eq!(circles_of(&files).len(), 1);
    }

    #[test]
    fn a_name_that_a_parent_hands_on_leads_to_where_it_is_defined() {
        let files = [
            ("", ""),
            (
                "rule",
                "mod processor; mod scaling; pub use processor::Processor; use scaling::Scaling;",
            ),
            ("rule/processor", "use super::Scaling;"),
            ("rule/scaling", "use super::Processor;"),
        ];
        assert_eq!(circles_of(&files).len(), 1);
    }

    #[test]
    fn comments_strings_parents_and_other_crates_are_no_uses() {
        let files = [
            ("", ""),
            (
                "price",
                "use serde::rule::Rule; // use crate::rule::Rule;\nconst A: &str = \"use crate::rule;\";",
            ),
            (
                "rule",
                "use crate::price; const QUOTE: char = '\"'; mod inner;",
            ),
            ("rule/inner", "use super::Rule;"),
        ];
        assert!(circles_of(&files).is_empty());
    }
}
