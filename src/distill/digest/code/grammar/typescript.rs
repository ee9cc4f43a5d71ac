//! TypeScript, without and with JSX.

use super::javascript::{ROLES, is_private};
use super::{BYTES_MAX, Grammar};

pub(super) const TYPESCRIPT: Grammar = Grammar {
    name: "TypeScript",
    extensions: &["ts", "mts", "cts"],
    interpreters: &["ts-node", "tsx"],
    signs: &[
        "export interface ",
        "export type ",
        "interface ",
        "import type ",
        "export const ",
        "export function ",
        "export async function ",
        "readonly ",
        "private readonly ",
        "export class ",
        "export abstract class ",
    ],
    language: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    bytes_max: BYTES_MAX,
    comment: "//",
    docs: &["/**"],
    roles: ROLES,
    bodies: &[],
    members: &[],
    attributes: &[],
    is_private,
};

pub(super) const TSX: Grammar = Grammar {
    name: "TypeScript",
    extensions: &["tsx"],
    interpreters: &[],
    signs: &[],
    language: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    bytes_max: BYTES_MAX,
    ..TYPESCRIPT
};
