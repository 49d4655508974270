"""The protocol's vectors, as far as this port has what they check: python3 test_vectors.py"""
import base64
import json
import pathlib
import unittest

import durable

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "vectors"
TESTED = ["signature.json", "signature-verify.json", "secret.json", "reply-key.json",
          "step-id.json", "step-name.json", "json.json", "json-roundtrip.json"]
NOT_OURS = {
    "instant.json": "No step of this port takes an instant; it passes instants on as they are.",
    "event-name.json": "The engine checks the names of what is sent and awaited.",
    "json-raw.json": "Values become Python's own; no text is kept.",
}
# A level 0 SDK reads no number that could be so large, except in values of users.
READ_ALL_THE_SAME = "number-out-of-range"


def refused(action, argument):
    try:
        action(argument)
    except (ValueError, RecursionError, durable.Failure):
        return True
    return False


def key_of(secret, kind):
    secret = durable.secret_bytes(secret)
    return secret if kind == "request" else durable.reply_key(secret)


class VectorTest(unittest.TestCase):
    def each(self, file):
        vectors = json.loads((VECTORS / file).read_text(encoding="utf-8"))
        self.assertTrue(vectors)
        return [(self.subTest(file=file, name=vector["name"]), vector["input"], vector["expected"])
                for vector in vectors]

    def test_every_file_is_tested_or_named(self):
        files = [path.name for path in VECTORS.iterdir()]
        self.assertEqual(sorted(files), sorted([*TESTED, *NOT_OURS]))

    def test_secret(self):
        for vector, text, expected in self.each("secret.json"):
            with vector:
                if expected == "refused":
                    self.assertTrue(refused(durable.secret_bytes, text))
                else:
                    self.assertEqual(durable.secret_bytes(text).hex(), expected["bytes_hex"])

    def test_reply_key(self):
        for vector, text, expected in self.each("reply-key.json"):
            with vector:
                self.assertEqual(key_of(text, "reply").hex(), expected)

    def test_signature(self):
        for vector, given, expected in self.each("signature.json"):
            with vector:
                key = key_of(given["secret"], given["key"])
                body = given["body"].encode()
                found = durable.sign(key, given["id"], given["timestamp_s"], body)
                self.assertEqual(found, expected)

    def test_signature_verify(self):
        for vector, given, expected in self.each("signature-verify.json"):
            with vector:
                keys = [key_of(secret, given["key"]) for secret in given["secrets"].split()]
                found = durable.verify(keys, given["id"], str(given["timestamp_s"]),
                                       given["header"], given["body"].encode(), given["now_s"])
                self.assertEqual(found is not None, expected)

    def test_step_id(self):
        for vector, given, expected in self.each("step-id.json"):
            with vector:
                found = durable.step_id(given["scope"], given["name"], given["n"])
                self.assertEqual(found, expected)

    def test_step_name(self):
        for vector, name, expected in self.each("step-name.json"):
            with vector:
                self.assertEqual(refused(durable.check_name, name), expected == "refused")

    def test_json(self):
        for vector, given, expected in self.each("json.json"):
            with vector:
                data = (given["text"].encode() if "text" in given
                        else base64.b64decode(given["bytes_base64"]))
                if "value" in expected:
                    self.assertEqual(float_of(durable.read_json(data)), expected["value"])
                else:
                    large = expected["problem"] == READ_ALL_THE_SAME
                    self.assertEqual(refused(durable.read_json, data), not large)

    def test_json_roundtrip(self):
        for vector, given, expected in self.each("json-roundtrip.json"):
            with vector:
                value = durable.read_json(given["text"].encode())
                self.assertIn(durable.write_json(value).decode(), expected)


def float_of(value):
    """2^53+1 is a whole number in Python and a rounded double in the vector."""
    return float(value) if isinstance(value, int) and abs(value) > 2 ** 53 else value


if __name__ == "__main__":
    unittest.main()
