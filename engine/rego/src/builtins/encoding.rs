//! Encodings: base64, hexadecimal, URL queries, JSON and YAML.

mod base64;
mod hex;
mod json;
mod query;
mod scan;
#[cfg(test)]
mod tests;
mod yaml;

pub(super) use scan::is_json;
pub(crate) use yaml::yaml_value;

use base64::text as base64_text;

use super::Builtin;
use super::Type;
use super::golang::builtin;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(
        "base64.encode",
        &[Type::String],
        Type::String,
        base64::encode,
    ),
    builtin(
        "base64.decode",
        &[Type::String],
        Type::String,
        base64::decode,
    ),
    builtin(
        "base64.is_valid",
        &[Type::String],
        Type::Boolean,
        base64::is_valid,
    ),
    builtin(
        "base64url.encode",
        &[Type::String],
        Type::String,
        base64::encode_url,
    ),
    builtin(
        "base64url.encode_no_pad",
        &[Type::String],
        Type::String,
        base64::encode_url_no_pad,
    ),
    builtin(
        "base64url.decode",
        &[Type::String],
        Type::String,
        base64::decode_url,
    ),
    builtin("hex.encode", &[Type::String], Type::String, hex::encode),
    builtin("hex.decode", &[Type::String], Type::String, hex::decode),
    builtin(
        "urlquery.encode",
        &[Type::String],
        Type::String,
        query::encode,
    ),
    builtin(
        "urlquery.decode",
        &[Type::String],
        Type::String,
        query::decode,
    ),
    builtin(
        "urlquery.encode_object",
        &[Type::Object],
        Type::String,
        query::encode_object,
    ),
    builtin(
        "urlquery.decode_object",
        &[Type::String],
        Type::Object,
        query::decode_object,
    ),
    builtin("json.marshal", &[Type::Any], Type::String, json::marshal),
    builtin(
        "json.marshal_with_options",
        &[Type::Any, Type::Object],
        Type::String,
        json::marshal_with_options,
    ),
    builtin(
        "json.unmarshal",
        &[Type::String],
        Type::Any,
        json::unmarshal,
    ),
    builtin(
        "json.is_valid",
        &[Type::String],
        Type::Boolean,
        json::is_valid,
    ),
    builtin("yaml.marshal", &[Type::Any], Type::String, yaml::marshal),
    builtin(
        "yaml.unmarshal",
        &[Type::String],
        Type::Any,
        yaml::unmarshal,
    ),
    builtin(
        "yaml.is_valid",
        &[Type::String],
        Type::Boolean,
        yaml::is_valid,
    ),
];
