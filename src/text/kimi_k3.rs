//! The chat template of Kimi K3: tags of special tokens, between which each text is a piece of its own.
//!
//! Its checkpoint's code reads each piece apart, so that no token reaches from one into the next, and the names of
//! special tokens in a text are text.

use super::python::{Style, dumps};
use super::turn::{Call, Conversation, Part, Turn, Unclear};
use super::vocabulary::Kimi;
use crate::json::Value;
use crate::rule::text::TextTokens;
use std::borrow::Cow;

/// How much a model thinks where a request does not say so.
const EFFORT: &str = "max";

pub(super) fn tokens(conversation: &Conversation<'_>, kimi: &Kimi) -> Result<TextTokens, Unclear> {
    let mut prompt = Prompt { kimi, tokens: 0 };
    prompt.write(conversation)?;
    Ok(TextTokens::exact(prompt.tokens))
}

struct Prompt<'a> {
    kimi: &'a Kimi,
    tokens: u64,
}

impl Prompt<'_> {
    fn write(&mut self, conversation: &Conversation<'_>) -> Result<(), Unclear> {
        self.tools(&conversation.tools)?;
        self.effort(conversation)?;
        let mut calls: &[Call<'_>] = &[];
        // How many answers of tools stand behind them.
        let mut answered = 0;
        let mut turns = conversation.turns.iter().peekable();
        while let Some(turn) = turns.next() {
            match &*turn.role {
                "user" | "system" => {
                    self.open_message(&turn.role, turn.name.as_deref());
                    self.content(turn)?;
                }
                "assistant" => {
                    calls = &turn.calls;
                    answered = 0;
                    self.open_message("assistant", turn.name.as_deref());
                    self.answer(turn, conversation.thinks)?;
                }
                "tool" => {
                    let mut run = vec![turn];
                    while let Some(next) = turns.next_if(|next| next.role == "tool") {
                        run.push(next);
                    }
                    self.returns(&run, calls, &mut answered)?;
                    continue;
                }
                _ => return Err(Unclear),
            }
            self.close_message();
        }
        self.choice(conversation.tool_choice.as_ref())?;
        self.format(conversation.response_format.as_ref())?;
        self.open("message", &[("role", "assistant")]);
        self.open(
            if conversation.thinks {
                "think"
            } else {
                "response"
            },
            &[],
        );
        Ok(())
    }

    fn tools(&mut self, tools: &[Value<'_>]) -> Result<(), Unclear> {
        if tools.is_empty() {
            return Ok(());
        }
        let tools = dumps(&Value::Array(tools.to_vec()), &Style::COMPACT_SORTED)?;
        self.internal(
            "tool-declare",
            &format!(
                "# Tools\nHere are the available tools, described in JSONSchema.\n\n```json\n{tools}\n```"
            ),
        );
        Ok(())
    }

    fn effort(&mut self, conversation: &Conversation<'_>) -> Result<(), Unclear> {
        let effort = conversation.effort.as_deref().unwrap_or(EFFORT);
        if !["low", "high", "max"].contains(&effort) {
            return Err(Unclear);
        }
        if conversation.thinks {
            self.internal(
                "thinking-effort",
                &format!(
                    "`thinking_effort` guides on how much to think in your thinking channel (not including the response channel), supported values include `low`, `medium`, `high`, and `max`.\nNow the system is invoked with `thinking_effort={effort}`."
                ),
            );
        }
        Ok(())
    }

    fn content(&mut self, turn: &Turn<'_>) -> Result<(), Unclear> {
        for part in &turn.content {
            match part {
                Part::Text(text) => self.text(text),
                // All of it counts with the image.
                Part::Image => {}
                Part::Video => return Err(Unclear),
            }
        }
        Ok(())
    }

    fn answer(&mut self, turn: &Turn<'_>, thinks: bool) -> Result<(), Unclear> {
        if thinks {
            self.open("think", &[]);
            let reasoning = turn.reasoning.as_deref().unwrap_or_default();
            if !reasoning.trim().is_empty() {
                self.text(reasoning);
            }
            self.close("think");
        }
        self.open("response", &[]);
        self.content(turn)?;
        self.close("response");
        if turn.calls.is_empty() {
            return Ok(());
        }
        self.open("tools", &[]);
        for (index, call) in turn.calls.iter().enumerate() {
            self.open(
                "call",
                &[("tool", &call.name), ("index", &(index + 1).to_string())],
            );
            self.arguments(&call.arguments)?;
            self.close("call");
        }
        self.close("tools");
        Ok(())
    }

    fn arguments(&mut self, arguments: &Value<'_>) -> Result<(), Unclear> {
        match arguments {
            Value::Null => Ok(()),
            Value::Text(json) if json.trim().is_empty() => Ok(()),
            Value::Text(json) => match Value::parse(json) {
                Ok(value @ Value::Object(_)) => self.arguments(&value),
                Ok(_) => Err(Unclear),
                Err(_) => {
                    self.open("json", &[("type", "object")]);
                    self.text(json);
                    self.close("json");
                    Ok(())
                }
            },
            Value::Object(fields) => {
                // Of a key that stands there twice, one stays.
                dumps(arguments, &Style::SPACED)?;
                for (key, value) in fields {
                    let (kind, value): (_, Cow<'_, str>) = match value {
                        Value::Text(text) => ("string", Cow::Borrowed(text)),
                        Value::Boolean(_) => ("boolean", dumps(value, &Style::SPACED)?.into()),
                        Value::Null => ("null", "null".into()),
                        Value::Number(_) => ("number", dumps(value, &Style::SPACED)?.into()),
                        Value::Object(_) => ("object", dumps(value, &Style::SPACED)?.into()),
                        Value::Array(_) => ("array", dumps(value, &Style::SPACED)?.into()),
                    };
                    self.open("argument", &[("key", key), ("type", kind)]);
                    self.text(&value);
                    self.close("argument");
                }
                Ok(())
            }
            _ => Err(Unclear),
        }
    }

    /// What tools answered, in the order of their calls where each names its own.
    fn returns(
        &mut self,
        run: &[&Turn<'_>],
        calls: &[Call<'_>],
        answered: &mut usize,
    ) -> Result<(), Unclear> {
        let call_of = |turn: &Turn<'_>| {
            let id = turn.call_id.as_deref()?;
            calls.iter().position(|call| call.id.as_deref() == Some(id))
        };
        let places: Option<Vec<usize>> = run.iter().map(|turn| call_of(turn)).collect();
        let mut ordered: Vec<(usize, &Turn<'_>)> = match &places {
            Some(places) => places.iter().copied().zip(run.iter().copied()).collect(),
            None => run.iter().copied().enumerate().collect(),
        };
        if places.is_some() {
            ordered.sort_by_key(|(place, _)| *place);
        }
        for (place, turn) in ordered {
            let name_at = |index: usize| calls.get(index).map(|call| &*call.name);
            let name = match places {
                Some(_) => name_at(place),
                None => turn.name.as_deref().or_else(|| name_at(*answered)),
            };
            *answered += 1;
            let attributes = [
                ("role", "tool"),
                ("tool", name.ok_or(Unclear)?),
                ("index", &answered.to_string()),
            ];
            self.open("message", &attributes);
            self.content(turn)?;
            self.close_message();
        }
        Ok(())
    }

    fn choice(&mut self, choice: Option<&Value<'_>>) -> Result<(), Unclear> {
        let text = match choice.map(Value::text) {
            None => return Ok(()),
            Some(Some("required")) => {
                "The system is invoked with `tool_choice=required`.\nYou MUST call tools in the next message."
            }
            Some(Some("none")) => {
                "The system is invoked with `tool_choice=none`.\nYou MUST NOT call any tools in the next message."
            }
            Some(_) => return Err(Unclear),
        };
        self.internal("tool-choice", text);
        Ok(())
    }

    fn format(&mut self, format: Option<&Value<'_>>) -> Result<(), Unclear> {
        const RAW: &str = "Your response must be raw JSON data without markdown code blocks (```json) or any additional formatting.";
        let Some(format) = format else {
            return Ok(());
        };
        let kind = format.get("type").and_then(Value::text).ok_or(Unclear)?;
        let text = match kind {
            "text" => return Ok(()),
            "json_object" => {
                format!("The system is invoked with `response_format={kind}`.\n{RAW}")
            }
            "json_schema" => {
                let schema = format.get("json_schema").ok_or(Unclear)?;
                let schema = schema.get("schema").ok_or(Unclear)?;
                let schema = dumps(schema, &Style::COMPACT_SORTED)?;
                format!(
                    "The system is invoked with `response_format={kind}`.\n{RAW}\nThe JSON data must match the following schema:\n```json\n{schema}\n```"
                )
            }
            _ => return Err(Unclear),
        };
        self.internal("response-format", &text);
        Ok(())
    }

    /// What the template itself tells the model.
    fn internal(&mut self, kind: &str, text: &str) {
        self.open("message", &[("role", "system"), ("type", kind)]);
        self.text(text);
        self.close_message();
    }

    fn open_message(&mut self, role: &str, name: Option<&str>) {
        match name {
            Some(name) => self.open("message", &[("role", role), ("name", name)]),
            None => self.open("message", &[("role", role)]),
        }
    }

    fn close_message(&mut self) {
        self.close("message");
        self.marker();
    }

    fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.marker();
        self.text(tag);
        for (key, value) in attributes {
            self.text(&format!(" {key}"));
            self.text("=\"");
            self.text(&value.replace('&', "&amp;").replace('"', "&quot;"));
            self.text("\"");
        }
        self.marker();
    }

    fn close(&mut self, tag: &str) {
        self.marker();
        self.text(tag);
        self.marker();
    }

    fn marker(&mut self) {
        self.tokens = self.tokens.saturating_add(1);
    }

    fn text(&mut self, text: &str) {
        self.tokens = self.tokens.saturating_add(self.kimi.ordinary(text));
    }
}
