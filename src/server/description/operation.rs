//! One operation of the interface: what may be asked, sent and answered.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use crate::{api::Schemas, domain::Role, server::auth::Rule};

/// Gives the schema of a type.
type SchemaOf = fn(&mut Schemas) -> Value;

/// An operation of OpenAPI. Its method, its address and who may ask stand in the list of routes.
pub struct Operation {
    id: &'static str,
    tags: Vec<&'static str>,
    summary: &'static str,
    about: Option<&'static str>,
    parameters: Vec<Value>,
    body: Vec<(&'static str, SchemaOf)>,
    answers: Vec<(u16, Answer)>,
    problems: &'static [u16],
    refuses_features: bool,
}

struct Answer {
    about: &'static str,
    /// By media type.
    content: Vec<(&'static str, SchemaOf)>,
    /// Header and what it is.
    tag: Option<&'static str>,
}

/// The media type of most of what is sent and answered.
const JSON: &str = "application/json";

/// No more is said of the content.
pub fn anything(_: &mut Schemas) -> Value {
    json!({})
}

impl Operation {
    /// An operation with its name for programs, and what it does.
    pub fn new(tag: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            tags: vec![tag],
            summary,
            about: None,
            parameters: Vec::new(),
            body: Vec::new(),
            answers: Vec::new(),
            problems: &[],
            refuses_features: false,
        }
    }

    /// A question whose answer is kept until something changes.
    pub fn read<T: JsonSchema>(tag: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new(tag, id, summary).answers::<T>(200, "The answer.").kept().fails(&[400, 401, 403, 503])
    }

    /// Belongs to others as well.
    pub fn also(mut self, tag: &'static str) -> Self {
        self.tags.push(tag);
        self
    }

    /// What else is to be said.
    pub fn about(mut self, text: &'static str) -> Self {
        self.about = Some(text);
        self
    }

    /// Takes parameters that several operations have.
    pub fn shares(mut self, lists: &[&[&str]]) -> Self {
        let named = |name: &&str| json!({ "$ref": format!("#/components/parameters/{name}") });
        self.parameters.extend(lists.iter().copied().flatten().map(named));
        self
    }

    /// Takes a parameter of its own.
    pub fn asks(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Takes JSON of this type.
    pub fn sends<T: JsonSchema>(self) -> Self {
        self.sends_as(JSON, Schemas::request::<T>)
    }

    /// Takes content of this media type.
    pub fn sends_as(mut self, media_type: &'static str, schema: SchemaOf) -> Self {
        self.body.push((media_type, schema));
        self
    }

    /// Answers JSON of this type.
    pub fn answers<T: JsonSchema>(self, status: u16, about: &'static str) -> Self {
        self.answers_as(status, about, &[JSON], Schemas::answer::<T>)
    }

    /// Answers content of one of these media types.
    pub fn answers_as(
        mut self,
        status: u16,
        about: &'static str,
        media_types: &[&'static str],
        schema: SchemaOf,
    ) -> Self {
        let content = media_types.iter().map(|media_type| (*media_type, schema)).collect();
        self.answers.push((status, Answer { about, content, tag: None }));
        self
    }

    /// Answers a document to sign, which need not be sent again.
    pub fn answers_document(self) -> Self {
        let media_types = [
            "application/pdf",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ];
        self.answers_as(200, "The document.", &media_types, anything).unchanged()
    }

    /// Answers with a status alone.
    pub fn done(self, status: u16, about: &'static str) -> Self {
        self.answers_as(status, about, &[], anything)
    }

    /// The answer before has an entity tag.
    pub fn tagged(mut self, about: &'static str) -> Self {
        if let Some((_, answer)) = self.answers.last_mut() {
            answer.tag = Some(about);
        }
        self
    }

    /// The answer before has an entity tag, and need not be sent again.
    pub fn kept(self) -> Self {
        self.tagged("").unchanged()
    }

    /// The answer need not be sent again.
    pub fn unchanged(self) -> Self {
        self.done(304, "Not changed since the entity tag sent in If-None-Match.")
    }

    /// Refuses with these statuses.
    pub fn fails(mut self, problems: &'static [u16]) -> Self {
        self.problems = problems;
        self
    }

    /// What it refuses of its body are features of a file.
    pub fn refuses_features(mut self) -> Self {
        self.refuses_features = true;
        self
    }

    /// As the document has it, with who may ask: nobody needs to say who he is, anybody may where the map is open to
    /// all, or some roles (`x-roles`) may.
    pub fn written(&self, rule: Rule, schemas: &mut Schemas) -> Value {
        let mut all = Map::new();
        let mut say = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
        say("operationId", json!(self.id));
        say("tags", json!(self.tags));
        say("summary", json!(self.summary));
        if let Some(about) = self.about {
            say("description", json!(about));
        }
        if !self.parameters.is_empty() {
            say("parameters", json!(self.parameters));
        }
        if !self.body.is_empty() {
            say("requestBody", json!({ "required": true, "content": content(&self.body, schemas) }));
        }
        say("responses", self.responses(schemas));
        say(
            "security",
            match rule {
                Rule::Open => json!([]),
                Rule::Read | Rule::ReadByRole => json!([{ "session": [] }, { "token": [] }, {}]),
                Rule::May(_) => json!([{ "session": [] }, { "token": [] }]),
            },
        );
        if let Rule::May(action) = rule {
            let roles = Role::ALL.into_iter().filter(|role| role.allows(action));
            say("x-roles", roles.map(Role::code).collect());
        }
        Value::Object(all)
    }

    fn responses(&self, schemas: &mut Schemas) -> Value {
        let mut all = Map::new();
        for (status, answer) in &self.answers {
            let mut own = json!({ "description": answer.about });
            if let Some(about) = answer.tag {
                let mut header = json!({ "schema": { "type": "string" } });
                if !about.is_empty() {
                    header["description"] = json!(about);
                }
                own["headers"] = json!({ "ETag": header });
            }
            if !answer.content.is_empty() {
                own["content"] = content(&answer.content, schemas);
            }
            all.insert(status.to_string(), own);
        }
        for status in self.problems {
            let of_features = self.refuses_features && *status == 422;
            let name = if of_features { "ImportProblem" } else { "Problem" };
            let problem = json!({ "$ref": format!("#/components/responses/{name}") });
            all.insert(status.to_string(), problem);
        }
        Value::Object(all)
    }
}

fn content(of: &[(&'static str, SchemaOf)], schemas: &mut Schemas) -> Value {
    let mut all = Map::new();
    for (media_type, schema) in of {
        let schema = schema(schemas);
        let content = if schema == json!({}) { json!({}) } else { json!({ "schema": schema }) };
        all.insert((*media_type).to_owned(), content);
    }
    Value::Object(all)
}
