"""Files to upload: awkward names, different contents, and one that nobody can process."""

import hashlib

PROCESSED = {
    "plain.txt": b"one two three\n",
    "Zürich + Ærø/Preis 100% & Mengen (neu).txt": "größer als nötig\n".encode(),
    "a=b;c,d @ e!f'g$h~i.json": b'{"order": 4711, "paid": true}\n',
    "%2F..%20+plus//double slash.txt": b"nothing is decoded twice\n",
    "日本語 русский 📎.csv": b"1;2;3\n" * 2000,
    "empty.txt": b"",
}

# Not text in UTF-8, and not what its sender declares: whatever the processor, it is refused.
POISON = "damaged in transit.txt"
DAMAGED = b"1;2;3\n4;5;\xff\xfe"
DECLARED = hashlib.sha256(b"1;2;3\n4;5;6\n").hexdigest()
