//! A POSIX shell with curl.

use super::literal::{Dialect, Literal, quoted};
use super::{Endpoint, fields};
use crate::request::Draft;

/// Stands where a file's base64 goes. U+0000 cannot come from JSON text that was quoted.
const OPEN: char = '\0';
const CLOSE: char = '\u{1}';

const JSON: Dialect = Dialect {
    null: "null",
    true_: "true",
    false_: "false",
    indent: "  ",
    trailing_comma: false,
    bare_keys: false,
    data_url: |mime, file_name| format!("\"data:{mime};base64,{OPEN}{file_name}{CLOSE}\""),
};

/// As a placeholder for each file, which is not its data.
const NAMED: Dialect = Dialect {
    data_url: |mime, file_name| quoted(&format!("data:{mime};base64,<base64 of {file_name}>")),
    ..JSON
};

pub(super) fn body(draft: &Draft) -> String {
    format!("{}\n", map(draft).write(&NAMED, 0))
}

pub(super) fn curl(draft: &Draft, endpoint: &Endpoint<'_>) -> String {
    let body = map(draft);
    let json = body.write(&JSON, 0);
    let head = format!(
        "curl {} \\\n  -H \"Content-Type: application/json\" \\\n  -H \"{} ${}\" \\\n",
        shell_quoted(&format!("{}/chat/completions", endpoint.base_url)),
        endpoint.key_header,
        endpoint.key_variable,
    );
    if !body.holds_data_url() {
        return format!("{head}  -d {}\n", shell_quoted(&json));
    }
    // The data is piped: an argument could not hold it.
    let mut code = String::from("{\n");
    for (index, part) in json.split([OPEN, CLOSE]).enumerate() {
        code += &match index % 2 {
            0 => format!("  printf '%s' {}\n", shell_quoted(part)),
            _ => format!("  base64 < {} | tr -d '\\n'\n", shell_quoted(part)),
        };
    }
    code += &format!("}} | {head}  --data-binary @-\n");
    code
}

fn map(draft: &Draft) -> Literal {
    let (own, extra) = fields(draft);
    Literal::Map(own.into_iter().chain(extra).collect())
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
