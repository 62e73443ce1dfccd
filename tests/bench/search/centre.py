"""Makes knowledge/data/centre.json: what the model says of any question, and of any passage.

    python manage.py shell < tests/bench/search/centre.py

For another model, or another way to read texts with it. It wants a database with the demo and with vac.json read in,
all compared by meaning. Questions are those of develop.csv. Of the passages three in four parts are the national ones
and one part the demo's, so that neither kind of article is favoured much. A tenth is left, for very short texts.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy

from knowledge.models import Passage
from knowledge.search import meaning

bench, most, national = Path("tests/bench/search"), 0.9, 0.75
ids = {item["id"] for item in json.loads((bench / "vac.json").read_text())}
kinds: dict[bool, list[Any]] = {True: [], False: []}
for number, vector in Passage.objects.exclude(vector=None).values_list("article__external_id", "vector"):
    kinds[number in ids].append(numpy.frombuffer(vector, dtype=numpy.float16).astype(numpy.float32))
passage = national * numpy.mean(kinds[True], axis=0) + (1 - national) * numpy.mean(kinds[False], axis=0)
with (bench / "develop.csv").open(newline="") as file:
    question = numpy.mean([meaning.of_question(row["query"]) for row in csv.DictReader(file)], axis=0)
rounded = {name: [round(float(one) * most, 5) for one in vector] for name, vector in
           {"question": question, "passage": passage}.items()}  # fmt: skip
meaning.CENTRE.write_text(json.dumps(rounded) + "\n")
