"""Writes the golden file of AssemblerTest with GNU as (binutils 2.40).

The test writes the forms to target/assembler-forms.txt, even if it fails. In resnet-onednn:

    python3 src/test/python/assembler_golden.py
"""

import gzip
import re
import subprocess
import sys
import tempfile

FORMS = "target/assembler-forms.txt"
GOLDEN = "src/test/resources/org/resnet4j/onednn/code/assembler.txt.gz"


def main():
    forms = open(FORMS, encoding="utf-8").read().splitlines()
    with tempfile.TemporaryDirectory() as folder:
        source = folder + "/forms.s"
        with open(source, "w", encoding="utf-8") as file:
            file.write(".intel_syntax noprefix\n")
            # A section of its own for each form: distances from "." stay as they are.
            for number, form in enumerate(forms):
                file.write(f'.section .t{number},"ax"\n.skip 300\n{form}\n.skip 300\n')
        subprocess.run(["as", "--64", "-o", folder + "/forms.o", source], check=True)
        data = open(folder + "/forms.o", "rb").read()
        headers = subprocess.run(
            ["readelf", "-SW", folder + "/forms.o"], capture_output=True, check=True, text=True
        ).stdout
    found = {}
    for match in re.finditer(r"\] \.t(\d+)\s+PROGBITS\s+\S+ (\S+) (\S+)", headers):
        start, size = int(match[2], 16), int(match[3], 16)
        found[int(match[1])] = data[start + 300 : start + size - 300].hex()
    lines = [f"{found[number]}\t{form}\n" for number, form in enumerate(forms)]
    with open(GOLDEN, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as file:
        file.write("".join(lines).encode())


if __name__ == "__main__":
    sys.exit(main())
