//! Python and JavaScript, with the `openai` packages.

use super::literal::{Dialect, Literal, is_identifier, quoted};
use super::{Endpoint, fields};
use crate::request::Draft;

const PYTHON: Dialect = Dialect {
    null: "None",
    true_: "True",
    false_: "False",
    indent: "    ",
    trailing_comma: true,
    bare_keys: false,
    data_url: |mime, file_name| format!("data_url({}, {})", quoted(file_name), quoted(mime)),
};

const JAVASCRIPT: Dialect = Dialect {
    null: "null",
    true_: "true",
    false_: "false",
    indent: "    ",
    trailing_comma: true,
    bare_keys: true,
    data_url: |mime, file_name| format!("dataUrl({}, {})", quoted(file_name), quoted(mime)),
};

pub(super) fn python(draft: &Draft, endpoint: &Endpoint<'_>) -> String {
    let (own, extra) = fields(draft);
    let reads_files = own.iter().any(|(_, value)| value.holds_data_url());
    let mut code = String::new();
    if reads_files {
        code += "import base64\n";
    }
    code += "import os\n\nfrom openai import OpenAI\n\n";
    code += &format!(
        "client = OpenAI(\n    base_url={},\n    api_key=os.environ[\"{}\"],\n)\n\n",
        quoted(endpoint.base_url),
        endpoint.key_variable
    );
    if reads_files {
        code += "\ndef data_url(path, mime):\n    with open(path, \"rb\") as file:\n        return f\"data:{mime};base64,{base64.b64encode(file.read()).decode()}\"\n\n\n";
    }
    code += "response = client.chat.completions.create(\n";
    for (name, value) in own {
        code += &format!("    {name}={},\n", value.write(&PYTHON, 1));
    }
    if !extra.is_empty() {
        // The package refuses argument names that it does not know.
        code += &format!(
            "    extra_body={},\n",
            Literal::Map(extra).write(&PYTHON, 1)
        );
    }
    code += ")\n\nprint(response.choices[0].message.content)\n";
    code
}

pub(super) fn javascript(draft: &Draft, endpoint: &Endpoint<'_>) -> String {
    let (own, extra) = fields(draft);
    let reads_files = own.iter().any(|(_, value)| value.holds_data_url());
    let mut code = String::new();
    if reads_files {
        code += "import { readFileSync } from \"node:fs\";\n";
    }
    code += "import OpenAI from \"openai\";\n\n";
    code += &format!(
        "const client = new OpenAI({{\n    baseURL: {},\n    apiKey: process.env.{},\n}});\n\n",
        quoted(endpoint.base_url),
        endpoint.key_variable
    );
    if reads_files {
        code += "const dataUrl = (path, mime) => `data:${mime};base64,${readFileSync(path, \"base64\")}`;\n\n";
    }
    code += "const response = await client.chat.completions.create({\n";
    for (name, value) in own.into_iter().chain(extra) {
        let key = if is_identifier(&name) {
            name
        } else {
            quoted(&name)
        };
        code += &format!("    {key}: {},\n", value.write(&JAVASCRIPT, 1));
    }
    code += "});\n\nconsole.log(response.choices[0].message.content);\n";
    code
}
