//! An error as an OpenAI-compatible endpoint words it.

use crate::form::Form;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why a request is not answered.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// The field at fault, as `messages[0].content[1].image_url.url`.
    param: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            param: None,
        }
    }

    pub(crate) fn about(self, param: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            ..self
        }
    }

    /// As an endpoint of this form words it.
    pub(crate) fn respond(self, form: Form) -> Response {
        match form {
            Form::Chat | Form::Responses => self.into_response(),
            Form::Messages => {
                let json = self.json();
                let kind = json.pointer("/error/type");
                let error =
                    json!({ "type": "error", "error": { "type": kind, "message": self.message } });
                (self.status, Json(error)).into_response()
            }
        }
    }

    pub(crate) fn json(&self) -> Value {
        let kind = match self.status.as_u16() {
            401 => "authentication_error",
            429 => "rate_limit_error",
            500.. => "server_error",
            _ => "invalid_request_error",
        };
        json!({ "error": {
            "message": self.message,
            "type": kind,
            "param": self.param,
            "code": self.code,
        } })
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.json())).into_response()
    }
}
