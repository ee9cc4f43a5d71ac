//! Types, generics and signatures of rustdoc JSON as Rust writes them.

use serde_json::Value;

/// Types inside types that are written out: deeper ones are made by machines.
const DEPTH_MAX: usize = 16;

/// Takes a tagged value apart: `{"primitive": "str"}`, or as older versions have it, `{"kind": "primitive", "inner": "str"}`.
pub(super) fn tagged(value: &Value) -> (&str, &Value) {
    if let Some(word) = value.as_str() {
        return (word, &Value::Null);
    }
    if let (Some(kind), Some(inner)) = (
        value.get("kind").and_then(Value::as_str),
        value.get("inner"),
    ) {
        return (kind, inner);
    }
    let first = value.as_object().and_then(|members| members.iter().next());
    first.map_or(("", &Value::Null), |(kind, inner)| (kind.as_str(), inner))
}

/// Returns the text at `key`; the second name is that of older versions.
fn text<'a>(value: &'a Value, keys: [&str; 2]) -> &'a str {
    let mut found = keys.iter().filter_map(|key| value.get(key)?.as_str());
    found.next().unwrap_or_default()
}

/// Tells whether the value at `key` is true; the second name is that of older versions.
pub(super) fn flag(value: &Value, keys: [&str; 2]) -> bool {
    keys.iter()
        .any(|key| value.get(key).and_then(Value::as_bool) == Some(true))
}

/// Returns the members of the list at `key`.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Writes a type.
pub(super) fn of_type(value: &Value) -> String {
    typed(value, DEPTH_MAX)
}

fn typed(value: &Value, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else {
        return "…".to_owned();
    };
    let (kind, inner) = tagged(value);
    let at = |key: &str| {
        inner
            .get(key)
            .map_or_else(String::new, |value| typed(value, depth))
    };
    let all = |values: &[Value]| {
        let words: Vec<String> = values.iter().map(|value| typed(value, depth)).collect();
        words.join(", ")
    };
    let items = inner.as_array().map_or(&[][..], Vec::as_slice);
    match kind {
        "resolved_path" => path(inner, depth),
        "generic" => inner.as_str().unwrap_or("_").to_owned(),
        "primitive" => match inner.as_str().unwrap_or("_") {
            "never" => "!".to_owned(),
            name => name.to_owned(),
        },
        "tuple" if items.len() == 1 => format!("({},)", all(items)),
        "tuple" => format!("({})", all(items)),
        "slice" => format!("[{}]", typed(inner, depth)),
        "array" => format!("[{}; {}]", at("type"), text(inner, ["len", "len"])),
        "borrowed_ref" => {
            let lifetime = inner.get("lifetime").and_then(Value::as_str);
            let lifetime = lifetime.map(|name| format!("{name} ")).unwrap_or_default();
            let mutable = if flag(inner, ["is_mutable", "mutable"]) {
                "mut "
            } else {
                ""
            };
            format!("&{lifetime}{mutable}{}", at("type"))
        }
        "raw_pointer" => {
            let mutable = flag(inner, ["is_mutable", "mutable"]);
            format!("*{} {}", if mutable { "mut" } else { "const" }, at("type"))
        }
        "function_pointer" => {
            let (inputs, output) = call(inner, depth);
            format!("fn({}){output}", inputs.join(", "))
        }
        "impl_trait" => format!("impl {}", bounds(items, depth)),
        "dyn_trait" => {
            let traits = list(inner, "traits").iter();
            let traits: Vec<String> = traits
                .filter_map(|bound| Some(path(bound.get("trait")?, depth)))
                .collect();
            format!("dyn {}", traits.join(" + "))
        }
        "qualified_path" => {
            let name = text(inner, ["name", "name"]);
            let of = at("self_type");
            let as_trait = inner.get("trait").filter(|of| of.is_object());
            let as_trait = as_trait
                .map(|of| path(of, depth))
                .filter(|name| !name.is_empty());
            match as_trait {
                Some(as_trait) if of != "Self" => format!("<{of} as {as_trait}>::{name}"),
                _ => format!("{of}::{name}"),
            }
        }
        _ => "_".to_owned(),
    }
}

/// Writes a path with its arguments.
pub(super) fn of_path(value: &Value) -> String {
    path(value, DEPTH_MAX)
}

fn path(value: &Value, depth: usize) -> String {
    let name = text(value, ["path", "name"]);
    let (kind, args) = value.get("args").map_or(("", &Value::Null), tagged);
    if kind == "parenthesized" {
        let inputs = list(args, "inputs").iter();
        let inputs: Vec<String> = inputs.map(|input| typed(input, depth)).collect();
        let output = args.get("output").filter(|output| !output.is_null());
        let output = output.map(|output| format!(" -> {}", typed(output, depth)));
        return format!(
            "{name}({}){}",
            inputs.join(", "),
            output.unwrap_or_default()
        );
    }
    let plain = list(args, "args").iter().map(|arg| match tagged(arg) {
        ("lifetime", name) => name.as_str().unwrap_or("'_").to_owned(),
        ("type", inner) => typed(inner, depth),
        ("const", inner) => text(inner, ["expr", "value"]).to_owned(),
        _ => "_".to_owned(),
    });
    let named = ["constraints", "bindings"].into_iter();
    let named = named.flat_map(|key| list(args, key)).map(|constraint| {
        let name = text(constraint, ["name", "name"]);
        let (kind, inner) = constraint.get("binding").map_or(("", &Value::Null), tagged);
        let (term, is) = tagged(inner);
        match (kind, term) {
            ("equality", "type") => format!("{name} = {}", typed(is, depth)),
            _ => format!(
                "{name}: {}",
                bounds(inner.as_array().map_or(&[], Vec::as_slice), depth)
            ),
        }
    });
    let all: Vec<String> = plain.chain(named).collect();
    if all.is_empty() {
        return name.to_owned();
    }
    format!("{name}<{}>", all.join(", "))
}

fn bounds(values: &[Value], depth: usize) -> String {
    let words = values.iter().map(|bound| match tagged(bound) {
        ("trait_bound", inner) => {
            let maybe = text(inner, ["modifier", "modifier"]) == "maybe";
            let name = inner
                .get("trait")
                .map_or_else(String::new, |of| path(of, depth));
            format!("{}{name}", if maybe { "?" } else { "" })
        }
        ("outlives", name) => name.as_str().unwrap_or("'_").to_owned(),
        _ => "_".to_owned(),
    });
    words.collect::<Vec<_>>().join(" + ")
}

/// Writes the bounds of a trait or an associated type.
pub(super) fn of_bounds(values: &[Value]) -> String {
    bounds(values, DEPTH_MAX)
}

/// Returns the parameters of a call, and `" -> T"` of what it returns.
fn call(holder: &Value, depth: usize) -> (Vec<String>, String) {
    let nothing = Value::Null;
    let call = holder
        .get("sig")
        .or_else(|| holder.get("decl"))
        .unwrap_or(&nothing);
    let inputs = list(call, "inputs").iter().map(|input| {
        let name = input.get(0).and_then(Value::as_str).unwrap_or("_");
        let of = input.get(1).map_or_else(String::new, |of| typed(of, depth));
        match (name, of.as_str()) {
            ("self", "Self") => "self".to_owned(),
            ("self", "&Self") => "&self".to_owned(),
            ("self", "&mut Self") => "&mut self".to_owned(),
            ("" | "_", of) => of.to_owned(),
            (name, of) => format!("{name}: {of}"),
        }
    });
    let output = call.get("output").filter(|output| !output.is_null());
    let output = output.map(|output| format!(" -> {}", typed(output, depth)));
    (inputs.collect(), output.unwrap_or_default())
}

/// Returns `"<T: Clone>"` and the lines of a `where` clause.
pub(super) fn of_generics(holder: &Value) -> (String, String) {
    let nothing = Value::Null;
    let generics = holder.get("generics").unwrap_or(&nothing);
    let params = list(generics, "params").iter().filter_map(|param| {
        let name = param.get("name")?.as_str()?;
        let (kind, inner) = param.get("kind").map(tagged)?;
        if flag(inner, ["is_synthetic", "synthetic"]) {
            return None;
        }
        Some(match kind {
            "type" => match of_bounds(list(inner, "bounds")) {
                bounds if bounds.is_empty() => name.to_owned(),
                bounds => format!("{name}: {bounds}"),
            },
            "const" => {
                let of = inner.get("type").map(of_type).unwrap_or_default();
                format!("const {name}: {of}")
            }
            _ => name.to_owned(),
        })
    });
    let params: Vec<String> = params.collect();
    let clauses = list(generics, "where_predicates")
        .iter()
        .filter_map(|clause| {
            let (kind, inner) = tagged(clause);
            let of = inner.get("type").map(of_type);
            (kind == "bound_predicate").then(|| {
                format!(
                    "    {}: {},",
                    of.unwrap_or_default(),
                    of_bounds(list(inner, "bounds"))
                )
            })
        });
    let clauses: Vec<String> = clauses.collect();
    let params = if params.is_empty() {
        String::new()
    } else {
        format!("<{}>", params.join(", "))
    };
    let clauses = if clauses.is_empty() {
        String::new()
    } else {
        format!("\nwhere\n{}", clauses.join("\n"))
    };
    (params, clauses)
}

/// Columns of a signature on one line.
const LINE_COLUMNS: usize = 100;

/// Writes the signature of the function called `name`.
pub(super) fn of_function(name: &str, inner: &Value) -> String {
    let nothing = Value::Null;
    let header = inner.get("header").unwrap_or(&nothing);
    let mut words = String::new();
    for (keys, word) in [
        (["is_const", "const"], "const "),
        (["is_async", "async"], "async "),
        (["is_unsafe", "unsafe"], "unsafe "),
    ] {
        if flag(header, keys) {
            words.push_str(word);
        }
    }
    let (params, clauses) = of_generics(inner);
    let (inputs, output) = call(inner, DEPTH_MAX);
    let line = format!("{words}fn {name}{params}({}){output}", inputs.join(", "));
    let line = if line.len() > LINE_COLUMNS && !inputs.is_empty() {
        format!(
            "{words}fn {name}{params}(\n    {},\n){output}",
            inputs.join(",\n    ")
        )
    } else {
        line
    };
    line + &clauses
}
