#!/usr/bin/env python3
"""Distils a sentence transformer into a static table of word pieces, which train.py then trains on far more text.

    scripts/table/distill.py --model FOLDER --text FILE --out NAME [--dim 256] [--epochs 1] [--sif 0.001]

FOLDER holds all-MiniLM-L6-v2: config.json, model.safetensors, tokenizer.json, vocab.txt. FILE has documentation, a chunk a line in
reading order: {"src", "page", "title", "text"}. It gives the frequencies of word pieces and the pairs to train on. Written are NAME.semb
and NAME.vocab.txt; the table that train.py began with was made of text under permissive licences only.

Steps: every word piece [CLS] t [SEP] → mean of the last hidden states → PCA → SIF weight a/(a+p(t)) folded into the row → one epoch of
in-batch contrastive training (heading, sentence or neighbour → chunk), nested widths → whole numbers, one scale a row.

Needs numpy, scipy, tokenizers, torch and transformers, some three minutes, and OMP_NUM_THREADS=1 to come out the same twice; on another
processor the last digits may differ, so the table is kept, not only its recipe. Nothing of this runs when the program is built.
"""
import argparse
import json
import os
import random
import re
import struct
import time
from collections import Counter

import numpy as np
import scipy.sparse as sp
from tokenizers import Tokenizer

SPECIAL = {0, 100, 101, 102, 103}  # [PAD] [UNK] [CLS] [SEP] [MASK]: never counted
GENERIC = re.compile(r"(?i)^(introduction|summary|abstract|motivation|copyright|references|examples?|overview|unresolved questions|drawbacks|rationale.*|notes?)$")


def token_vectors(model_dir, n, batch=512):
    """mean-pooled last hidden state of [CLS] t [SEP] for each of the n word pieces"""
    import torch
    from transformers import AutoModel
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    model = AutoModel.from_pretrained(model_dir, local_files_only=True).eval()
    out = []
    with torch.inference_mode():
        for i in range(0, n, batch):
            ids = torch.tensor([[101, t, 102] for t in range(i, min(n, i + batch))])
            out.append(model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state.mean(1).numpy())
    return np.concatenate(out)


def counts(tok, texts, n):
    """CSR matrix of token counts"""
    r, c, v = [], [], []
    for i, e in enumerate(tok.encode_batch(texts, add_special_tokens=False)):
        for t, k in Counter(e.ids).items():
            if t not in SPECIAL:
                r.append(i)
                c.append(t)
                v.append(k)
    return sp.csr_matrix((np.array(v, np.float32), (r, c)), shape=(len(texts), n))


def pca(x, dim):
    x = x - x.mean(0)
    _, u = np.linalg.eigh(x.T @ x)
    return x @ u[:, ::-1][:, :dim]


def pairs(rows, rnd):
    out, prev = [], None
    for r in rows:
        head, text = r["title"].strip(), r["text"]
        if len(head) > 5 and not GENERIC.match(head):
            out.append((head if rnd.random() < .5 or not r["page"] else f"{r['page']} {head}", text))
        s = re.split(r"(?<=[.!?:])\s+", text)
        if len(s) >= 3 and 25 < len(s[0]) < 250:
            out.append((s[0], " ".join(s[1:])))
        if len(s) >= 4:
            k = rnd.randrange(1, len(s))
            if 25 < len(s[k]) < 250:
                out.append((s[k], " ".join(s[:k] + s[k + 1:])))
        if prev and (prev["src"], prev["page"]) == (r["src"], r["page"]) and rnd.random() < .3:
            out.append((prev["text"], text))
        prev = r
    rnd.shuffle(out)
    return out


def train(w, a, b, epochs, bs=256, lr=1e-3, temp=.05, b1=.9, b2=.99):
    """A contrastive loss both ways over in-batch negatives, averaged over nested widths; lazy Adam on the touched rows"""
    n, d = a.shape[0], w.shape[1]
    widths = [k for k in (64, 128, 256, 384) if k <= d]
    m, v, step, total = np.zeros_like(w), np.zeros_like(w), 0, epochs * (n // bs)
    eye, t0 = np.arange(bs), time.time()
    for ep in range(epochs):
        perm = np.random.RandomState(ep).permutation(n)
        for i in range(0, n - bs + 1, bs):
            x, y = a[perm[i:i + bs]], b[perm[i:i + bs]]
            u = np.unique(np.concatenate([x.indices, y.indices]))
            x, y, wu = x[:, u], y[:, u], w[u]
            zx, zy = x @ wu, y @ wu
            gx, gy, loss = np.zeros_like(zx), np.zeros_like(zy), 0.
            for k in widths:
                nx = np.maximum(np.linalg.norm(zx[:, :k], axis=1, keepdims=True), 1e-6)
                ny = np.maximum(np.linalg.norm(zy[:, :k], axis=1, keepdims=True), 1e-6)
                ex, ey = zx[:, :k] / nx, zy[:, :k] / ny
                s, gs = ex @ ey.T / temp, 0
                for ax in (1, 0):
                    p = np.exp(s - s.max(ax, keepdims=True))
                    p /= p.sum(ax, keepdims=True)
                    loss -= np.log(np.maximum(p[eye, eye], 1e-12)).mean() / 2 / len(widths)
                    p[eye, eye] -= 1
                    gs = gs + p / (2 * bs)
                hx, hy = gs @ ey / temp, gs.T @ ex / temp
                gx[:, :k] += (hx - ex * (hx * ex).sum(1, keepdims=True)) / nx
                gy[:, :k] += (hy - ey * (hy * ey).sum(1, keepdims=True)) / ny
            g, step = x.T @ gx + y.T @ gy, step + 1
            rate = lr * min(1, step / 30) * max(.05, 1 - step / total)
            m[u] = b1 * m[u] + (1 - b1) * g
            v[u] = b2 * v[u] + (1 - b2) * g * g
            w[u] -= rate * (m[u] / (1 - b1 ** step)) / (np.sqrt(v[u] / (1 - b2 ** step)) + 1e-8)
            if step % 100 == 0:
                print(f"  step {step}/{total} loss {loss:.3f} {time.time() - t0:.0f}s", flush=True)
    return w


def write_table(path, w):
    """"SEMB" u32 version=1, u32 rows, u32 dim, f32 scale[rows], i8 data[rows][dim]; little endian; row = scale * data"""
    scale = np.abs(w).max(1) / 127
    scale[scale == 0] = 1e-12
    q = np.clip(np.round(w / scale[:, None]), -127, 127).astype(np.int8)
    with open(path, "wb") as f:
        f.write(b"SEMB" + struct.pack("<III", 1, *w.shape) + scale.astype("<f4").tobytes() + q.tobytes())


def main():
    ap = argparse.ArgumentParser()
    for name in ("--model", "--text", "--out"):
        ap.add_argument(name, required=True)
    ap.add_argument("--dim", type=int, default=256)
    ap.add_argument("--epochs", type=int, default=1)
    ap.add_argument("--sif", type=float, default=1e-3)
    o = ap.parse_args()
    vocab = open(os.path.join(o.model, "vocab.txt"), encoding="utf8").read().rstrip("\n").split("\n")
    tok = Tokenizer.from_file(os.path.join(o.model, "tokenizer.json"))
    tok.no_padding()
    tok.no_truncation()
    rows, n = [json.loads(l) for l in open(o.text, encoding="utf8")], len(vocab)
    p = np.asarray(counts(tok, [r["text"] for r in rows], n).sum(0)).ravel() + .5
    p /= p.sum()
    w = pca(token_vectors(o.model, n), o.dim) * (o.sif / (o.sif + p))[:, None]
    w = (w / np.linalg.norm(w, axis=1).mean()).astype(np.float32)
    if o.epochs:
        pr = pairs(rows, random.Random(0))
        a, b = counts(tok, [x for x, _ in pr], n), counts(tok, [y for _, y in pr], n)
        ok = np.flatnonzero((np.diff(a.indptr) > 0) & (np.diff(b.indptr) > 2))
        print(len(ok), "pairs")
        w = train(w, a[ok], b[ok], o.epochs)
    for t in SPECIAL:
        w[t] = 0
    for t, s in enumerate(vocab):
        if s.startswith("[unused"):
            w[t] = 0
    write_table(o.out + ".semb", w)
    open(o.out + ".vocab.txt", "w", encoding="utf8").write("\n".join(vocab) + "\n")


if __name__ == "__main__":
    main()
