#!/usr/bin/env python3
"""Trains the table of word pieces that distill.py made, with the sentence transformer that it was made of as its teacher.

    scripts/table/train.py --model FOLDER --table FILE.semb --text FILE --out FILE.semb [--hold-out SOURCES]

FOLDER holds all-MiniLM-L6-v2, FILE is what text.py wrote. A pair is what one might ask and the passage that answers it: a heading and
what stands under it, the first sentence of a description and the rest of it with the declaration, a sentence and the passage around it,
words of one meaning and what they mean. Batches are put together of blocks of one source, as what is looked up stands among its like.

    loss = (1 − share) · what is asked finds its own passage in the batch, and the passage what is asked (contrastive)
         +      share  · how near it is to every passage of the batch is how near the teacher finds it (KL divergence)

The first alone is better on headings (MRR +.006), both halves on material of other kinds (vectors alone, nDCG@10 of six sets .375 →
.386). What the table finds near is divided by its heat before the softmax. With .07 instead of .05 that becomes .404, with .1 .389. More
than four epochs gain nothing. The mean of five tables that differ in these is written (Wortsman et al., Model soups, 2022): ranked
together with words it has .5636 in the mean of nine columns, three of its parts alone .5614, .5617 and .5629, which is no more than one
draw differs from another.

Printed is the MRR@10 of headings and of first sentences among the passages of their source, for the sources held out (SOURCES: names,
a comma between), of the teacher and of the table before and after. Of the table in the program: 875,223 pairs, 53,673 of 16 sources
held out; teacher .348 and .461, before .292 and .364, after .328 and .466.

On one H200 that took a minute, most of it for the teacher; a processor takes hours. Another run gives another table, not the same one:
three draws of one run had .405, .405 and .407 in the mean of six sets. In this form it was run on a few thousand pairs only: the steps are
those that made the table, written down anew. Needs numpy, tokenizers, torch, transformers and safetensors. Nothing of this runs when the program is built.
"""
import argparse
import json
import os
import random
import re
import struct
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from transformers import AutoModel

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
ASKED_MAX, PASSAGE_MAX, TEACHER_MAX = 64, 200, 126  # word pieces
BATCH, BLOCK, EPOCHS = 4096, 256, 4
RATE, WARM_STEPS, RATE_LEAST = 2e-3, 50, 0.02


class Run(NamedTuple):
    """A way to train, and what its table counts in the mean."""

    share: float = 0.5
    heat: float = 0.07
    teacher_heat: float = 0.05
    synonyms: float = 1.0
    counts: float = 0.25


RUNS = [
    Run(),
    Run(teacher_heat=0.07),
    Run(heat=0.05, synonyms=0.3),
    Run(share=0.0, heat=0.05, counts=0.125),
    Run(share=0.7, heat=0.05, counts=0.125),
]
SAYS_NOTHING = re.compile(
    r"(?i)^(introduction|summary|abstract|motivation|copyright|references|examples?|overview|unresolved questions|drawbacks|rationale.*|notes?"
    r"|returns?|parameters|usage|installation|license|description|see also|authors?|contributing|table of contents|contents|features"
    r"|requirements|api|options|background|details|todo|next steps|conclusion|prerequisites|about)$"
)


def pairs(rows):
    """(what is asked, passage, source, kind)"""
    chance = random.Random(0)
    for row in rows:
        page, heading, text, source, kind = row["page"], row["title"].strip(), row["text"], row["src"], row["kind"]
        if kind == "api":
            yield heading, text, source, "sentence"
            continue
        if kind == "synonyms":
            yield heading, text, source, kind
            continue
        if len(heading) > 5 and not SAYS_NOTHING.match(heading):
            is_alone = chance.random() < 0.6 or page in ("", heading)
            yield (heading if is_alone else f"{page} {heading}"), text, source, "heading"
        sentences = re.split(r"(?<=[.!?:])\s+", text)
        if len(sentences) >= 3 and chance.random() < 0.5:
            place = chance.randrange(len(sentences))
            if 25 < len(sentences[place]) < 250:
                yield sentences[place], " ".join(sentences[:place] + sentences[place + 1 :]), source, "inner"


class Texts:
    """Word pieces of texts, one after another."""

    def __init__(self, tokenizer, texts, most):
        pieces, lengths = [], []
        for start in range(0, len(texts), 20_000):
            for encoded in tokenizer.encode_batch(texts[start : start + 20_000], add_special_tokens=False):
                pieces.append(np.array(encoded.ids[:most], np.int32))
                lengths.append(len(pieces[-1]))
        self.pieces = torch.from_numpy(np.concatenate(pieces)).to(DEVICE)
        self.lengths = torch.tensor(lengths, device=DEVICE)
        self.starts = self.lengths.cumsum(0) - self.lengths

    def directions(self, table, which):
        """The sum of the rows of each text, as length 1."""
        lengths = self.lengths[which]
        starts = lengths.cumsum(0) - lengths
        place = torch.repeat_interleave(self.starts[which] - starts, lengths) + torch.arange(int(lengths.sum()), device=DEVICE)
        return F.normalize(F.embedding_bag(self.pieces[place].long(), table, starts, mode="sum"), dim=1, eps=1e-6)

    @torch.inference_mode()
    def taught(self, model, budget=400_000):
        """The teacher's direction of each text, texts of like length together."""
        out = torch.empty(len(self.lengths), model.config.hidden_size, dtype=torch.half, device=DEVICE)
        order, start = torch.argsort(self.lengths), 0
        while start < len(order):
            width = int(self.lengths[order[min(len(order), start + 4096) - 1]].clamp(max=TEACHER_MAX)) + 2
            which = order[start : start + max(64, min(4096, budget // width))]
            lengths = self.lengths[which].clamp(max=TEACHER_MAX)
            place = torch.arange(int(lengths.max()) + 2, device=DEVICE)[None] - 1
            ids = self.pieces[(self.starts[which][:, None] + place).clamp(0, len(self.pieces) - 1)].long()
            end = lengths[:, None]
            ids = torch.where(place < 0, 101, torch.where(place == end, 102, torch.where(place < end, ids, 0)))
            mask = place <= end
            hidden = model(input_ids=ids, attention_mask=mask.long()).last_hidden_state.float()
            out[which] = F.normalize((hidden * mask[..., None]).sum(1), dim=1).half()
            start += len(which)
        return out


def read_table(path):
    data = open(path, "rb").read()
    rows, width = struct.unpack("<II", data[8:16])
    scales = np.frombuffer(data, "<f4", rows, 16)
    cells = np.frombuffer(data, np.int8, rows * width, 16 + 4 * rows).reshape(rows, width)
    return torch.from_numpy(cells.astype(np.float32) * scales[:, None]).to(DEVICE)


def write_table(path, table):
    """As distill.py: the rows as whole numbers, one scale a row; those of pieces that say nothing stay 0."""
    rows = table.cpu().numpy()
    scales = np.abs(rows).max(1) / 127
    scales[scales == 0] = 1e-12
    cells = np.clip(np.round(rows / scales[:, None]), -127, 127).astype(np.int8)
    with open(path, "wb") as file:
        file.write(b"SEMB" + struct.pack("<III", 1, *rows.shape) + scales.astype("<f4").tobytes() + cells.tobytes())


@torch.inference_mode()
def found(asked, passages, sources, kinds, held_out):
    """MRR@10 of headings and of first sentences among those of their source, as the mean over the sources held out."""
    out = []
    for kind in ("heading", "sentence"):
        means = []
        for source in held_out:
            which = torch.nonzero((sources == source) & (kinds == kind_number(kind)))[:, 0]
            if len(which) >= 100:
                own = torch.arange(min(1000, len(which)), device=DEVICE)
                near = asked(which[own]) @ passages(which).T
                rank = (near > near[own, own][:, None]).sum(1) + 1
                means.append(float(((rank <= 10) / rank).mean()))
        out.append(sum(means) / len(means) if means else float("nan"))
    return " ".join(f"{mean:.4f}" for mean in out)


KINDS = ("heading", "sentence", "inner", "synonyms")


def kind_number(kind):
    return KINDS.index(kind)


def batches(which, sources, chance):
    """Batches of blocks at random, each block of one source as far as it goes."""
    which = which[torch.randperm(len(which), generator=chance).to(DEVICE)]
    which = which[torch.argsort(sources[which], stable=True)]
    blocks = which[: len(which) // BLOCK * BLOCK].view(-1, BLOCK)
    blocks = blocks[torch.randperm(len(blocks), generator=chance).to(DEVICE)]
    for place in range(0, len(blocks), BATCH // BLOCK):
        yield blocks[place : place + BATCH // BLOCK].reshape(-1)


def train(run, table, asked, passages, teacher, sources, kinds, which):
    table = torch.nn.Parameter(table.clone())
    adam = torch.optim.Adam([table], lr=RATE, betas=(0.9, 0.99))
    steps, step = EPOCHS * -(-len(which) // BATCH), 0
    for epoch in range(EPOCHS):
        chance = torch.Generator().manual_seed(epoch)
        is_left_out = (kinds[which] == kind_number("synonyms")) & (torch.rand(len(which), generator=chance).to(DEVICE) >= run.synonyms)
        for batch in batches(which[~is_left_out], sources, chance):
            adam.param_groups[0]["lr"] = RATE * min(1, step / WARM_STEPS) * max(RATE_LEAST, 1 - step / steps)
            near = asked.directions(table, batch) @ passages.directions(table, batch).T / run.heat
            taught = teacher[0][batch].float() @ teacher[1][batch].float().T / run.teacher_heat
            loss = 0
            for near, taught in ((near, taught), (near.T, taught.T)):
                likely = F.log_softmax(near, 1)
                as_taught = (F.softmax(taught, 1) * likely).sum(1).mean()
                loss = loss - ((1 - run.share) * likely.diagonal().mean() + run.share * as_taught) / 2
            adam.zero_grad()
            loss.backward()
            adam.step()
            step += 1
    return table.detach()


def main():
    parser = argparse.ArgumentParser()
    for name in ("model", "table", "text", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--hold-out", default="")
    options = parser.parse_args()
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(os.path.join(options.model, "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    asked, passages, sources, kinds = zip(*pairs(json.loads(line) for line in open(options.text, encoding="utf8")))
    names = sorted(set(sources))
    number = {name: place for place, name in enumerate(names)}
    held_out = [number[name] for name in options.hold_out.split(",") if name in number]
    sources = torch.tensor([number[name] for name in sources], device=DEVICE)
    kinds = torch.tensor([kind_number(kind) for kind in kinds], device=DEVICE)
    asked, passages = Texts(tokenizer, asked, ASKED_MAX), Texts(tokenizer, passages, PASSAGE_MAX)
    is_held_out = torch.isin(sources, torch.tensor(held_out, device=DEVICE))
    which = torch.nonzero(~is_held_out & (asked.lengths > 0) & (passages.lengths > 2))[:, 0]
    print(f"{len(which)} pairs of {len(names)} sources, {int(is_held_out.sum())} held out")
    model = AutoModel.from_pretrained(options.model, local_files_only=True).eval().to(DEVICE)
    teacher = [texts.taught(model.half() if DEVICE == "cuda" else model) for texts in (asked, passages)]
    by_teacher = [lambda which, side=side: teacher[side][which].float() for side in (0, 1)]
    print("teacher", found(*by_teacher, sources, kinds, held_out))
    table = read_table(options.table)
    empty = table.abs().amax(1) < 1e-9
    table = table / table[~empty].norm(dim=1).mean()
    by = lambda table: [lambda which, texts=texts: texts.directions(table, which) for texts in (asked, passages)]
    print("before ", found(*by(table), sources, kinds, held_out))
    mean = torch.zeros_like(table)
    for run in RUNS:
        trained = train(run, table, asked, passages, teacher, sources, kinds, which)
        print(f"{run}:", found(*by(trained), sources, kinds, held_out), flush=True)
        mean += run.counts * trained
    mean[empty] = 0
    print("after  ", found(*by(mean), sources, kinds, held_out))
    write_table(options.out, mean / mean[~empty].norm(dim=1).mean())


if __name__ == "__main__":
    main()
