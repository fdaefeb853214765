//! Schemas of what is asked and answered, worked out from the types that are read and written: a description can't say
//! of them what is not so.
//!
//! Answers are closed: what is not described is not answered. Requests are closed where their type refuses unknown
//! fields.

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::{Map, Value, json};

/// Where a description keeps schemas that have a name.
const PLACE: &str = "/components/schemas";

/// The schemas that a description names, gathered while it is made.
pub struct Schemas {
    answers: SchemaGenerator,
    requests: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|own| {
                own.meta_schema = None;
                own.definitions_path = PLACE.into();
            })
        };
        Self {
            answers: settings().for_serialize().with_transform(Tidied { closes: true }).into_generator(),
            requests: settings().with_transform(Tidied { closes: false }).into_generator(),
        }
    }
}

impl Schemas {
    /// The schema of an answer; one with a name is referred to.
    pub fn answer<T: JsonSchema>(&mut self) -> Value {
        tidied(self.answers.subschema_for::<T>(), true)
    }

    /// The schema of what is sent; one with a name is referred to.
    pub fn request<T: JsonSchema>(&mut self) -> Value {
        tidied(self.requests.subschema_for::<T>(), false)
    }

    /// The schemas with a name, by name.
    ///
    /// # Errors
    /// A request and an answer of different shapes share a name: that name.
    pub fn named(mut self) -> Result<Map<String, Value>, String> {
        let mut all = self.answers.take_definitions(true);
        for (name, schema) in self.requests.take_definitions(true) {
            match all.get(&name) {
                Some(other) if *other != schema => return Err(name),
                _ => drop(all.insert(name, schema)),
            }
        }
        all.sort_keys();
        Ok(all)
    }
}

fn tidied(mut schema: Schema, closes: bool) -> Value {
    Tidied { closes }.transform(&mut schema);
    schema.to_value()
}

/// Takes away what says nothing to whoever asks over HTTP: how many bits a number has, and the words of single codes.
#[derive(Debug, Clone)]
struct Tidied {
    closes: bool,
}

impl Transform for Tidied {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(own) = schema.as_object_mut() else { return };
        let bits = own.get("format").and_then(Value::as_str).is_some_and(|format| {
            ["int", "uint", "float", "double"].iter().any(|start| format.starts_with(start))
        });
        if bits {
            own.remove("format");
            // The most that fits into a byte or two.
            if own.get("maximum").is_some_and(|most| *most == 255 || *most == 65535) {
                own.remove("maximum");
            }
        }
        // Whatever is one of several, is one of them only.
        if let Some(any) = own.remove("anyOf") {
            own.insert("oneOf".to_owned(), any);
        }
        if let Some(codes) = own.get("oneOf").and_then(only_codes) {
            own.remove("oneOf");
            own.insert("type".to_owned(), json!("string"));
            own.insert("enum".to_owned(), codes);
        }
        if own.get("prefixItems").is_some() {
            own.insert("items".to_owned(), json!(false));
        }
        // What a reader takes for left out says nothing of what is answered, and nothing of a request where it is none.
        let is_none =
            |default: &Value| [json!(null), json!(false), json!(""), json!([]), json!({})].contains(default);
        if self.closes || own.get("default").is_some_and(is_none) {
            own.remove("default");
        }
        if self.closes {
            close(own);
        }
    }
}

/// The codes of a schema that allows nothing else; those that have words of their own stand alone in it.
fn only_codes(any: &Value) -> Option<Value> {
    let codes = |one: &Value| match (one.get("const"), one.get("enum").and_then(Value::as_array)) {
        (Some(code), _) if code.is_string() => Some(vec![code.clone()]),
        (None, Some(all)) if all.iter().all(Value::is_string) => Some(all.clone()),
        _ => None,
    };
    let all: Option<Vec<Vec<Value>>> = any.as_array()?.iter().map(codes).collect();
    all.map(|all| all.concat().into())
}

/// Lets no other field pass than those described.
fn close(own: &mut Map<String, Value>) {
    if !own.contains_key("properties") || own.contains_key("additionalProperties") {
        return;
    }
    let parts = own.get_mut("oneOf").and_then(Value::as_array_mut);
    let Some(parts) = parts else {
        own.insert("additionalProperties".to_owned(), json!(false));
        return;
    };
    // The fields of its forms stand beside its own.
    for part in parts.iter_mut().filter_map(Value::as_object_mut) {
        part.remove("additionalProperties");
    }
    own.insert("unevaluatedProperties".to_owned(), json!(false));
}

/// Describes codes by the list that the domain has of them; each is written as in answers.
macro_rules! codes {
    ($($(#[doc = $about:literal])* $type:ty as $name:literal: $all:expr;)*) => {$(
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let about = concat!($($about),*).trim();
                let codes = $all.iter().map(|one| serde_json::json!(one)).collect::<Vec<_>>();
                schemars::json_schema!({ "description": about, "type": "string", "enum": codes })
            }
        }
    )*};
}

/// Describes a type of a lower layer, which is to know nothing of descriptions, by a form with the same fields. A field
/// that is missing here, or of another type, does not compile.
macro_rules! described {
    ($($(#[$about:meta])* $type:path as $form:ident { $($(#[$own:meta])* $field:ident: $kind:ty,)* })*) => {$(
        #[derive(schemars::JsonSchema)]
        $(#[$about])*
        #[expect(dead_code, reason = "it is read by the description only")]
        struct $form { $($(#[$own])* $field: $kind,)* }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                $form::inline_schema()
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $form::schema_name()
            }

            fn json_schema(schemas: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $form::json_schema(schemas)
            }
        }

        const _: fn($type) -> $form = |$type { $($field),* }| $form { $($field),* };
    )*};
}

/// A field that always holds one word: it tells which of several forms an answer has.
macro_rules! words {
    ($($name:ident = $code:literal;)*) => {$(
        #[doc = concat!("Always `", $code, "`.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
        #[schemars(inline)]
        pub enum $name {
            #[doc = "This form."]
            #[serde(rename = $code)]
            Form,
        }
    )*};
}

pub(super) use {codes, described, words};

/// A field that holds one of these codes.
pub(super) fn one_of(codes: impl IntoIterator<Item = &'static str>) -> Schema {
    let mut all: Vec<&str> = Vec::new();
    codes.into_iter().for_each(|code| {
        if !all.contains(&code) {
            all.push(code);
        }
    });
    schemars::json_schema!({ "type": "string", "enum": all })
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, JsonSchema)]
    #[schemars(inline)]
    struct Inner {
        number: u8,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[schemars(inline)]
    enum Way {
        Up,
        /// One may have words of its own.
        Down,
    }

    #[derive(Serialize, JsonSchema)]
    #[schemars(inline)]
    struct Example {
        #[serde(flatten)]
        inner: Inner,
        text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "bool")]
        flag: Option<bool>,
        way: Way,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[schemars(inline)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Asked {
        text: Option<String>,
        #[serde(default)]
        list: Vec<String>,
        way: Way,
    }

    #[test]
    fn what_is_null_what_is_left_out_and_what_is_refused_follow_from_serde() {
        let mut schemas = Schemas::default();
        let expected = json!({
            "type": "object",
            "properties": {
                "number": { "type": "integer", "minimum": 0 },
                "text": { "type": ["string", "null"] },
                "flag": { "type": "boolean" },
                "way": { "type": "string", "enum": ["up", "down"] },
            },
            "required": ["number", "text", "way"],
            "additionalProperties": false,
        });
        assert_eq!(schemas.answer::<Example>(), expected);
        let asked = json!({
            "type": "object",
            "properties": {
                "text": { "type": ["string", "null"] },
                "list": { "type": "array", "items": { "type": "string" } },
                "way": { "type": "string", "enum": ["up", "down"] },
            },
            "required": ["way"],
            "additionalProperties": false,
        });
        assert_eq!(schemas.request::<Asked>(), asked);
    }

    #[test]
    fn one_name_is_one_shape() {
        /// Null when it is told, left out when it is asked for.
        #[derive(Serialize, Deserialize, JsonSchema)]
        struct Both {
            text: Option<String>,
        }
        let mut schemas = Schemas::default();
        schemas.answer::<Both>();
        schemas.request::<Both>();
        assert_eq!(schemas.named().err().as_deref(), Some("Both"));
    }
}
