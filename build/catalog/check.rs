//! What the build refuses: a figure that could not be traced, or that cannot be meant.

use super::PROVIDERS;
use super::emit::format_variant;
use super::families;
use super::families::parameters_of;
use super::figure::{Figure, Source, check_day, check_https, picodollars_per_token};
use super::schema::{
    Certainty, Endpoint, Families, Family, Limits, Model, Parameters, Price, Provider, Rule,
    Status, known,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

const OUTPUT_BOUNDS: [&str; 2] = ["max_tokens", "max_completion_tokens"];
const KEY_HEADERS: [&str; 4] = [
    "Authorization: Bearer",
    "api-key",
    "x-api-key",
    "x-goog-api-key",
];
const DETAILS: [&str; 4] = ["low", "high", "original", "auto"];
const PROTOCOLS: [&str; 3] = ["anthropic-messages", "bedrock-converse", "google-generate"];

pub(super) fn families(file: &Families) -> Result<(), String> {
    let sources = Sources::new(&file.sources)?;
    for (name, family) in &file.families {
        check_parameters(name, &family.parameters, &sources)?;
        for (parameter, optional) in parameters_of(name).into_iter().flatten() {
            if !optional && !family.parameters.contains_key(parameter) {
                return Err(format!("{name} lacks its parameter {parameter}"));
            }
        }
        check_note(name, family.note.as_deref())?;
    }
    if let Some(name) = families::names().find(|name| !file.families.contains_key(*name)) {
        return Err(format!("the family {name:?} is missing"));
    }
    sources.all_used()
}

pub(super) fn provider(id: &str, file: &Provider, families: &Families) -> Result<(), String> {
    if !PROVIDERS.contains(&id) {
        return Err(format!("provider {id:?} is not known"));
    }
    if file.name.trim().is_empty() {
        return Err("the provider has no name".into());
    }
    let sources = Sources::new(&file.sources)?;
    if let Some(endpoint) = &file.endpoint {
        check_endpoint(endpoint, &sources)?;
    }
    for (name, formats) in &file.formats {
        let what = format!("formats.{name}");
        sources.check(&what, &formats.source)?;
        check_list(&what, &formats.value, |format| {
            format_variant(format).is_some()
        })?;
    }
    for (name, limits) in &file.limits {
        check_limits(name, limits, &sources)?;
    }
    for (name, published) in &file.published {
        let what = format!("published.{name}.tile_px");
        sources.check(&what, &published.tile_px.source)?;
        check_above_zero(&what, published.tile_px.value)?;
    }
    for model in &file.models {
        check_model(file, model, families, &sources)
            .map_err(|why| format!("{}: {why}", model.id))?;
    }
    check_all_referred(file)?;
    sources.all_used()
}

fn check_model(
    file: &Provider,
    model: &Model,
    families: &Families,
    sources: &Sources<'_>,
) -> Result<(), String> {
    let id = &model.id;
    if id.is_empty() || id.contains(char::is_whitespace) {
        return Err("is no identifier".into());
    }
    if file.models.iter().filter(|other| other.id == *id).count() > 1 {
        return Err("stands there twice".into());
    }
    if model.name.trim().is_empty() {
        return Err("has no name".into());
    }
    check_family(file, model, families, sources)?;
    for (what, figure) in [
        ("takes_images", &model.takes_images),
        ("takes_videos", &model.takes_videos),
    ] {
        if let Some(figure) = figure {
            sources.check(what, &figure.source)?;
        }
    }
    if let Some(tokens) = &model.context_tokens {
        sources.check("context_tokens", &tokens.source)?;
        check_above_zero("context_tokens", tokens.value)?;
    }
    if let Some(detail) = &model.detail {
        check_detail(detail, sources)?;
    }
    if let Some(name) = &model.formats
        && !file.formats.contains_key(name)
    {
        return Err(format!("formats {name:?} are not defined"));
    }
    match (&model.limits, model.limits_certainty) {
        (Some(name), _) if !file.limits.contains_key(name) => {
            return Err(format!("limits {name:?} are not defined"));
        }
        (Some(_), Some(Certainty::Documented | Certainty::Assumed)) | (None, None) => {}
        (Some(_), _) => {
            return Err("limits_certainty must be \"documented\" or \"assumed\"".into());
        }
        (None, Some(_)) => return Err("limits_certainty stands there without limits".into()),
    }
    check_status(file, model, sources)?;
    check_price(&model.price, sources)?;
    check_note("the model", model.note.as_deref())
}

fn check_family(
    file: &Provider,
    model: &Model,
    families: &Families,
    sources: &Sources<'_>,
) -> Result<(), String> {
    let Some(family) = &model.family else {
        return match (model.certainty, model.rules.is_empty()) {
            (Certainty::Unknown, true) if !model.parameters.is_empty() => {
                Err("parameters stand there without a family".into())
            }
            (Certainty::Unknown, true) if model.published.is_none() => Ok(()),
            _ => Err("without a family there is no rule, and certainty must be \"unknown\"".into()),
        };
    };
    sources.check("family", &family.source)?;
    let name = &family.value;
    let Some(Family { kind, .. }) = families.families.get(name) else {
        return Err(format!("family {name:?} is not known"));
    };
    check_parameters(name, &model.parameters, sources)?;
    if model.certainty == Certainty::Unknown {
        return Err("certainty is \"unknown\" where a family is given".into());
    }
    match (&model.published, model.rules.as_slice()) {
        (Some(name), _) if !file.published.contains_key(name) => {
            Err(format!("published {name:?} is not defined"))
        }
        (Some(_), [Rule::Published, Rule::Processor] | [Rule::Processor, Rule::Published]) => {
            Ok(())
        }
        (Some(_), _) => Err("rules must name both where a published rule is given".into()),
        // A provider may document the rule of a model's own code.
        (None, [rule]) if rule == kind || *rule == Rule::Published => Ok(()),
        (None, [_]) => Err("the family has no rule of the model's own code".into()),
        (None, _) => Err("rules must name one, that of the family".into()),
    }
}

fn check_status(file: &Provider, model: &Model, sources: &Sources<'_>) -> Result<(), String> {
    match (model.status, &model.retired_on) {
        (Status::Current, None) => {}
        (Status::Current, Some(_)) => {
            return Err("retired_on stands there for a current model".into());
        }
        (_, None) => return Err(format!("{:?} without a day in retired_on", model.status)),
        (status, Some(day)) => {
            sources.check("retired_on", &day.source)?;
            check_day(&day.value).map_err(|why| format!("retired_on {why}"))?;
            let read = sources.day_of(&day.source);
            let past = day.value.as_str() <= read;
            if past != (status == Status::Retired) {
                return Err(format!("is {status:?} on {}, as read on {read}", day.value));
            }
        }
    }
    if let Some(replacement) = &model.replacement {
        sources.check("replacement", &replacement.source)?;
        let named = |other: &Model| other.id == replacement.value && other.id != model.id;
        if !file.models.iter().any(named) {
            return Err(format!(
                "replacement {:?} names no model of the provider",
                replacement.value
            ));
        }
    }
    Ok(())
}

fn check_price(price: &Price, sources: &Sources<'_>) -> Result<(), String> {
    let read = |what: &str, price: &str| {
        picodollars_per_token(price).map_err(|why| format!("price.{what} {price:?} {why}"))
    };
    for (what, figure) in known(price.figures()) {
        sources.check(&format!("price.{what}"), &figure.source)?;
        read(what, &figure.value)?;
    }
    let figure = |figure: &Option<Figure<String>>| figure.as_ref().map(|it| it.value.clone());
    let mut steps = vec![(0, figure(&price.input), figure(&price.cached_input))];
    for tier in &price.tiers {
        sources.check("price.tiers", &tier.source)?;
        if steps
            .last()
            .is_some_and(|(above, ..)| tier.above_input_tokens <= *above)
        {
            return Err("price.tiers must rise, from above 0 input tokens".into());
        }
        read("tiers.output", &tier.output)?;
        steps.push((
            tier.above_input_tokens,
            Some(tier.input.clone()),
            tier.cached_input.clone(),
        ));
    }
    for (_, input, cached) in steps {
        let input = input.map(|input| read("input", &input)).transpose()?;
        let cached = cached
            .map(|cached| read("cached_input", &cached))
            .transpose()?;
        if let (Some(input), Some(cached)) = (input, cached)
            && cached > input
        {
            return Err("price.cached_input is above price.input".into());
        }
    }
    Ok(())
}

fn check_endpoint(endpoint: &Endpoint, sources: &Sources<'_>) -> Result<(), String> {
    if let Some(url) = &endpoint.base_url {
        check_base_url("endpoint.base_url", url, sources)?;
    }
    if let Some(parameter) = &endpoint.output_bound {
        check_one_of("endpoint.output_bound", parameter, &OUTPUT_BOUNDS, sources)?;
    }
    if let Some(header) = &endpoint.key_header {
        check_one_of("endpoint.key_header", header, &KEY_HEADERS, sources)?;
    }
    if let Some(variable) = &endpoint.key_variable {
        sources.check("endpoint.key_variable", &variable.source)?;
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if variable.value.is_empty() || !variable.value.bytes().all(allowed) {
            return Err(format!(
                "endpoint.key_variable {:?} is none",
                variable.value
            ));
        }
    }
    if let Some(browser) = &endpoint.browser {
        sources.check("endpoint.browser", &browser.source)?;
    }
    if let Some(header) = &endpoint.browser_header {
        sources.check("endpoint.browser_header", &header.source)?;
        if !header.value.contains(": ") {
            return Err(format!(
                "endpoint.browser_header {:?} is none",
                header.value
            ));
        }
    }
    if let Some(detail) = &endpoint.detail {
        check_detail(detail, sources)?;
    }
    if let Some(native) = &endpoint.native {
        check_one_of(
            "endpoint.native.protocol",
            &native.protocol,
            &PROTOCOLS,
            sources,
        )?;
        check_base_url("endpoint.native.base_url", &native.base_url, sources)?;
        check_one_of(
            "endpoint.native.key_header",
            &native.key_header,
            &KEY_HEADERS,
            sources,
        )?;
    }
    Ok(())
}

fn check_base_url(what: &str, url: &Figure<String>, sources: &Sources<'_>) -> Result<(), String> {
    sources.check(what, &url.source)?;
    check_https(&url.value).map_err(|why| format!("{what}: {why}"))?;
    if url.value.ends_with('/') {
        return Err(format!("{what} {:?} ends in a slash", url.value));
    }
    Ok(())
}

fn check_one_of(
    what: &str,
    figure: &Figure<String>,
    allowed: &[&str],
    sources: &Sources<'_>,
) -> Result<(), String> {
    sources.check(what, &figure.source)?;
    if allowed.contains(&figure.value.as_str()) {
        return Ok(());
    }
    Err(format!("{what} {:?} is not known", figure.value))
}

fn check_detail(detail: &Figure<Vec<String>>, sources: &Sources<'_>) -> Result<(), String> {
    sources.check("detail", &detail.source)?;
    check_list("detail", &detail.value, |value| DETAILS.contains(&value))
}

/// Each entry known, and none twice.
fn check_list(
    what: &str,
    entries: &[String],
    is_known: impl Fn(&str) -> bool,
) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for entry in entries {
        if !is_known(entry) {
            return Err(format!("{what}: {entry:?} is not known"));
        }
        if !seen.insert(entry) {
            return Err(format!("{what}: {entry:?} stands there twice"));
        }
    }
    Ok(())
}

fn check_limits(name: &str, limits: &Limits, sources: &Sources<'_>) -> Result<(), String> {
    for (what, figure) in known(limits.figures()) {
        let what = format!("limits.{name}.{what}");
        sources.check(&what, &figure.source)?;
        check_above_zero(&what, figure.value)?;
    }
    if limits.max_image_side_of_many.is_some() != limits.few_images.is_some() {
        return Err(format!(
            "limits.{name}: max_image_side_of_many and few_images go together"
        ));
    }
    Ok(())
}

fn check_parameters(
    family: &str,
    parameters: &Parameters,
    sources: &Sources<'_>,
) -> Result<(), String> {
    for (name, figure) in parameters {
        let mut known =
            parameters_of(family).ok_or_else(|| format!("family {family:?} is not known"))?;
        let Some((_, optional)) = known.find(|(known, _)| known == name) else {
            return Err(format!("{family} has no parameter {name:?}"));
        };
        let what = format!("{family}.{name}");
        sources.check(&what, &figure.source)?;
        if !optional {
            check_above_zero(&what, figure.value)?;
        }
        if u32::try_from(figure.value).is_err() {
            return Err(format!("{what} is too large"));
        }
    }
    Ok(())
}

fn check_above_zero(what: &str, value: u64) -> Result<(), String> {
    if value == 0 {
        return Err(format!("{what} is zero"));
    }
    Ok(())
}

fn check_note(what: &str, note: Option<&str>) -> Result<(), String> {
    let ends = |note: &str| note.ends_with('.') && note.trim() == note;
    if note.is_none_or(ends) {
        return Ok(());
    }
    Err(format!("the note of {what} is no sentence"))
}

/// Whatever has a name is there because a model refers to it.
fn check_all_referred(file: &Provider) -> Result<(), String> {
    let referred = |get: fn(&Model) -> Option<&String>| -> BTreeSet<&String> {
        file.models.iter().filter_map(get).collect()
    };
    let formats = referred(|model| model.formats.as_ref());
    let limits = referred(|model| model.limits.as_ref());
    let published = referred(|model| model.published.as_ref());
    let unused = file
        .formats
        .keys()
        .find(|name| !formats.contains(name))
        .or_else(|| file.limits.keys().find(|name| !limits.contains(name)))
        .or_else(|| file.published.keys().find(|name| !published.contains(name)));
    match unused {
        Some(name) => Err(format!("no model refers to {name:?}")),
        None => Ok(()),
    }
}

/// The sources of a file, and which of them a figure has named.
struct Sources<'a> {
    all: &'a BTreeMap<String, Source>,
    used: RefCell<BTreeSet<&'a str>>,
}

impl<'a> Sources<'a> {
    fn new(all: &'a BTreeMap<String, Source>) -> Result<Self, String> {
        for (key, source) in all {
            source
                .check()
                .map_err(|why| format!("sources.{key}: {why}"))?;
        }
        Ok(Self {
            all,
            used: RefCell::default(),
        })
    }

    fn check(&self, what: &str, source: &str) -> Result<(), String> {
        let Some((key, _)) = self.all.get_key_value(source) else {
            return Err(format!(
                "{what} names the source {source:?}, which is not defined"
            ));
        };
        self.used.borrow_mut().insert(key);
        Ok(())
    }

    /// The day on which it was read.
    fn day_of(&self, source: &str) -> &'a str {
        self.all
            .get(source)
            .map_or("", |source| source.checked.as_str())
    }

    fn all_used(&self) -> Result<(), String> {
        let used = self.used.borrow();
        match self.all.keys().find(|key| !used.contains(key.as_str())) {
            Some(key) => Err(format!("no figure names the source {key:?}")),
            None => Ok(()),
        }
    }
}
