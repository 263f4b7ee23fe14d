//! Definitions of tools as Kimi K2.5 reads them: as TypeScript, made of their JSON Schema by the checkpoint's
//! `tool_declaration_ts.py`.
//!
//! Where that code raises an error, a server writes the tools in another way, and they are not counted.

use super::python::{Style, dumps, number, scalar};
use super::turn::Unclear;
use crate::json::Value;
use std::borrow::Cow;

const INDENT: &str = "  ";
const BETWEEN: &str = ",\n";

type Text = Result<String, Unclear>;

/// Schemas that others refer to, in the order in which they were met.
#[derive(Default)]
struct Registry<'v, 'a> {
    definitions: Vec<(&'v str, &'v Value<'a>)>,
    has_self_reference: bool,
}

/// A type, with what stands above it as comments.
struct Type<'v, 'a> {
    description: &'v str,
    /// Above it, behind the description: names and values in order.
    constraints: Vec<(&'static str, &'v Value<'a>)>,
    shape: Shape<'v, 'a>,
}

enum Shape<'v, 'a> {
    /// As it is written.
    Named(Cow<'v, str>),
    Array(Box<Type<'v, 'a>>),
    AnyOf(Vec<Type<'v, 'a>>),
    Object(Object<'v, 'a>),
}

#[derive(Default)]
struct Object<'v, 'a> {
    parameters: Vec<Parameter<'v, 'a>>,
    others: Option<Others<'v, 'a>>,
}

/// What else an object may hold.
enum Others<'v, 'a> {
    Named(&'static str),
    Of(Box<Type<'v, 'a>>),
}

struct Parameter<'v, 'a> {
    name: &'v str,
    kind: Type<'v, 'a>,
    is_optional: bool,
    default: Option<&'v Value<'a>>,
}

/// The whole declaration.
pub(super) fn declared(tools: &[Value<'_>]) -> Text {
    let mut functions = Vec::new();
    for tool in tools {
        // Other kinds are left out.
        if text_of(tool, "type")? == Some("function")
            && let Some(definition) = tool.get("function")
            && !fields(definition)?.is_empty()
        {
            functions.push(function(definition)?);
        }
    }
    if functions.is_empty() {
        return Err(Unclear);
    }
    let functions = functions.join("\n");
    Ok(format!(
        "# Tools\n\n## functions\nnamespace functions {{\n{functions}\n}}\n"
    ))
}

fn function(definition: &Value<'_>) -> Text {
    let mut registry = Registry::default();
    let parsed = match definition.get("parameters") {
        None | Some(Value::Null) => Object::default(),
        Some(schema) => object(schema, &mut registry)?,
    };
    let mut lines = Vec::new();
    if registry.has_self_reference {
        let parameters = parsed.parameters.iter();
        let parameters: Result<Vec<_>, _> = parameters.map(|it| it.written(INDENT)).collect();
        let parameters = parameters?.join(BETWEEN);
        lines.push(if parameters.is_empty() {
            "interface parameters {}".to_owned()
        } else {
            format!("interface parameters {{\n{parameters}\n}}")
        });
    }
    for (name, schema) in registry.definitions.clone() {
        let kind = type_of(schema, &mut registry)?.written("")?;
        let mut interface = comment(text_of(schema, "description")?.unwrap_or_default(), "");
        interface += &format!("interface {name} {kind}");
        lines.push(interface);
    }
    let description = text_of(definition, "description")?.unwrap_or_default();
    lines.extend((!description.is_empty()).then(|| commented(description, "")));
    let name = text_of(definition, "name")?.ok_or(Unclear)?;
    let takes = if registry.has_self_reference {
        "parameters".to_owned()
    } else {
        parsed.written("")?
    };
    lines.push(format!("type {name} = (_: {takes}) => any;"));
    Ok(lines.join("\n"))
}

fn type_of<'v, 'a>(
    schema: &'v Value<'a>,
    registry: &mut Registry<'v, 'a>,
) -> Result<Type<'v, 'a>, Unclear> {
    match schema {
        Value::Boolean(true) => return Ok(Type::named("any")),
        Value::Boolean(false) => return Ok(Type::named("null")),
        _ => {}
    }
    let of_fields = fields(schema)?;
    let mut constraints: &[&'static str] = &[];
    let shape = if let Some(reference) = schema.get("$ref") {
        Shape::Named(registry.resolve(reference.text().ok_or(Unclear)?)?.into())
    } else if let Some(types) = schema.get("anyOf") {
        let types = types.items().ok_or(Unclear)?;
        let types = types.iter().map(|kind| type_of(kind, registry));
        Shape::AnyOf(types.collect::<Result<_, _>>()?)
    } else if let Some(values) = schema.get("enum") {
        Shape::Named(enumeration(values, schema.get("type"))?.into())
    } else if let Some(kind) = schema.get("type") {
        match kind {
            Value::Array(kinds) => Shape::Named(union(kinds)?.into()),
            Value::Text(kind) if kind == "object" => Shape::Object(object(schema, registry)?),
            Value::Text(kind) if kind == "array" => {
                constraints = &["maxItems", "minItems"];
                Shape::Array(Box::new(item(schema, registry)?))
            }
            Value::Text(kind) => {
                constraints = match &**kind {
                    "string" => &["maxLength", "minLength", "pattern"],
                    "number" | "integer" => &["maximum", "minimum"],
                    _ => &[],
                };
                Shape::Named(match &**kind {
                    "integer" => "number".into(),
                    kind => kind.into(),
                })
            }
            _ => return Err(Unclear),
        }
    } else if of_fields.is_empty() {
        return Ok(Type::named("any"));
    } else {
        return Err(Unclear);
    };
    let constraints = constraints.iter();
    Ok(Type {
        description: text_of(schema, "description")?.unwrap_or_default(),
        constraints: constraints
            .filter_map(|name| Some((*name, schema.get(name)?)))
            .collect(),
        shape,
    })
}

fn object<'v, 'a>(
    schema: &'v Value<'a>,
    registry: &mut Registry<'v, 'a>,
) -> Result<Object<'v, 'a>, Unclear> {
    fields(schema)?;
    if let Some(definitions) = schema.get("$defs") {
        registry.add(fields(definitions)?);
    }
    let others = match schema.get("additionalProperties") {
        None | Some(Value::Null) => None,
        Some(Value::Boolean(true)) => Some(Others::Named("any")),
        Some(Value::Boolean(false)) => Some(Others::Named("never")),
        Some(kind @ Value::Object(_)) => Some(Others::Of(Box::new(type_of(kind, registry)?))),
        Some(_) => return Err(Unclear),
    };
    let Some(properties) = schema.get("properties") else {
        return Ok(Object {
            parameters: Vec::new(),
            others,
        });
    };
    let required = match schema.get("required") {
        None => &[],
        Some(names) => names.items().ok_or(Unclear)?,
    };
    let mut parameters = Vec::new();
    for (name, schema) in fields(properties)? {
        parameters.push(Parameter {
            name,
            kind: type_of(schema, registry)?,
            is_optional: !required.iter().any(|known| known.text() == Some(name)),
            default: schema.get("default").filter(|it| **it != Value::Null),
        });
    }
    Ok(Object { parameters, others })
}

fn item<'v, 'a>(
    schema: &'v Value<'a>,
    registry: &mut Registry<'v, 'a>,
) -> Result<Type<'v, 'a>, Unclear> {
    match schema.get("items") {
        None | Some(Value::Null | Value::Boolean(false)) => Ok(Type::named("any")),
        Some(Value::Object(fields)) if fields.is_empty() => Ok(Type::named("any")),
        Some(item) => type_of(item, registry),
    }
}

fn enumeration(values: &Value<'_>, kind: Option<&Value<'_>>) -> Text {
    let values = values.items().ok_or(Unclear)?;
    let kind = match kind {
        None => None,
        Some(Value::Text(kind)) => Some(&**kind),
        Some(Value::Array(kinds)) => match kinds.as_slice() {
            [kind] => kind.text(),
            [first, second] => match (first.text(), second.text()) {
                (Some("null"), kind) | (kind, Some("null")) => kind,
                _ => return Err(Unclear),
            },
            _ => return Err(Unclear),
        },
        Some(_) => return Err(Unclear),
    };
    let mut written = Vec::new();
    for value in values {
        let fits = match (kind, value) {
            (_, Value::Null) => true,
            (Some("string"), value) => value.text().is_some(),
            // Python's truth values are numbers.
            (Some("number"), value) => matches!(value, Value::Number(_) | Value::Boolean(_)),
            (Some("integer"), Value::Number(number)) => !number.contains(['.', 'e', 'E']),
            (Some("integer"), value) => matches!(value, Value::Boolean(_)),
            (Some("boolean"), value) => matches!(value, Value::Boolean(_)),
            _ => true,
        };
        if !fits {
            return Err(Unclear);
        }
        written.push(match value {
            Value::Text(text) => format!("\"{text}\""),
            value => scalar(value)?,
        });
    }
    Ok(written.join(" | "))
}

fn union(kinds: &[Value<'_>]) -> Text {
    let name = |kind: &Value<'_>| match kind.text() {
        Some("string") => Ok("string"),
        Some("number" | "integer") => Ok("number"),
        Some("boolean") => Ok("boolean"),
        Some("null") => Ok("null"),
        Some("object") => Ok("{}"),
        Some("array") => Ok("Array<any>"),
        _ => Err(Unclear),
    };
    let names: Result<Vec<_>, _> = kinds.iter().map(name).collect();
    Ok(names?.join(" | "))
}

impl<'v, 'a> Registry<'v, 'a> {
    fn add(&mut self, definitions: Vec<(&'v str, &'v Value<'a>)>) {
        for (name, schema) in definitions {
            match self
                .definitions
                .iter_mut()
                .find(|(known, _)| *known == name)
            {
                Some((_, known)) => *known = schema,
                None => self.definitions.push((name, schema)),
            }
        }
    }

    /// The name of what is referred to.
    fn resolve(&mut self, reference: &'v str) -> Result<&'v str, Unclear> {
        if reference == "#" {
            self.has_self_reference = true;
            return Ok("parameters");
        }
        let path = reference.strip_prefix("#/$defs/").ok_or(Unclear)?;
        let name = path.rsplit('/').next().ok_or(Unclear)?;
        let is_known = self.definitions.iter().any(|(known, _)| *known == name);
        is_known.then_some(name).ok_or(Unclear)
    }
}

impl Type<'_, '_> {
    fn named(name: &'static str) -> Self {
        Self {
            description: "",
            constraints: Vec::new(),
            shape: Shape::Named(name.into()),
        }
    }

    fn written(&self, indent: &str) -> Text {
        Ok(match &self.shape {
            Shape::Named(name) => name.to_string(),
            Shape::Object(object) => object.written(indent)?,
            Shape::AnyOf(types) => {
                let types: Result<Vec<_>, _> = types.iter().map(|it| it.written(indent)).collect();
                types?.join(" | ")
            }
            Shape::Array(item) => {
                let inner = &format!("{indent}{INDENT}");
                match item.comments(inner)? {
                    comments if comments.is_empty() => format!("Array<{}>", item.written(indent)?),
                    comments => {
                        let item = item.written(inner)?;
                        format!("Array<\n{comments}{inner}{item}\n{indent}>")
                    }
                }
            }
        })
    }

    /// Whole lines.
    fn comments(&self, indent: &str) -> Text {
        let mut lines = comment(self.description, indent);
        if !self.constraints.is_empty() {
            let constraints = self.constraints.iter();
            let constraints: Result<Vec<_>, _> = constraints
                .map(|(name, value)| Ok(format!("{name}: {}", scalar(value)?)))
                .collect();
            lines += &format!("{indent}// {}\n", constraints?.join(", "));
        }
        Ok(lines)
    }
}

impl Object<'_, '_> {
    fn written(&self, indent: &str) -> Text {
        let inner = &format!("{indent}{INDENT}");
        let mut parameters: Vec<_> = self.parameters.iter().collect();
        parameters.sort_by_key(|parameter| (parameter.is_optional, parameter.name));
        let mut lines = Vec::new();
        for parameter in parameters {
            lines.push(parameter.written(inner)?);
        }
        if let Some(others) = &self.others {
            let kind = match others {
                Others::Named(name) => (*name).to_owned(),
                Others::Of(kind) => kind.written(inner)?,
            };
            lines.push(format!("{inner}[k: string]: {kind}"));
        }
        Ok(if lines.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\n{}\n{indent}}}", lines.join(BETWEEN))
        })
    }
}

impl Parameter<'_, '_> {
    fn written(&self, indent: &str) -> Text {
        let mut text = self.kind.comments(indent)?;
        if let Some(default) = self.default {
            let default = match default {
                Value::Number(default) => number(default)?.into_owned(),
                Value::Boolean(_) => scalar(default)?,
                default => dumps(default, &Style::SPACED)?,
            };
            text += &format!("{indent}// Default: {default}\n");
        }
        let mark = if self.is_optional { "?" } else { "" };
        text += &format!(
            "{indent}{}{mark}: {}",
            self.name,
            self.kind.written(indent)?
        );
        Ok(text)
    }
}

/// A comment on lines of its own; nothing for nothing.
fn comment(text: &str, indent: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        commented(text, indent) + "\n"
    }
}

fn commented(text: &str, indent: &str) -> String {
    let lines = text.split('\n').map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!("{indent}// {line}")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The fields of an object, each once.
fn fields<'v, 'a>(value: &'v Value<'a>) -> Result<Vec<(&'v str, &'v Value<'a>)>, Unclear> {
    let Value::Object(fields) = value else {
        return Err(Unclear);
    };
    let mut names: Vec<_> = fields.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(Unclear);
    }
    Ok(fields
        .iter()
        .map(|(name, value)| (&**name, value))
        .collect())
}

/// A text, where the field is there.
fn text_of<'v>(value: &'v Value<'_>, name: &str) -> Result<Option<&'v str>, Unclear> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(_) => Err(Unclear),
    }
}
