import type { Instruction } from "../instruction.ts";
import { allInstructions, docs, type Finding, type Rule } from "./rule.ts";

export const secretsUsedInArgOrEnv: Rule = {
  name: "SecretsUsedInArgOrEnv",
  detail:
    "Sensitive data should not be used in the ARG or ENV commands: it stays readable in the image and its history",
  url: docs("secrets-used-in-arg-or-env"),
  *find({ dockerfile }) {
    for (const at of allInstructions(dockerfile)) {
      for (const { key, value } of pairsOf(at)) {
        if (isSecretName(key) || (value !== undefined && holdsSecret(value))) yield finding(at, key);
      }
    }
  },
};

function pairsOf(instruction: Instruction): readonly { key: string; value?: string }[] {
  if (instruction.name === "ENV") return instruction.pairs;
  return instruction.name === "ARG" ? instruction.args : [];
}

function finding(at: Instruction, key: string): Finding {
  const id = key.toLowerCase();
  return {
    message: `Do not use ARG or ENV instructions for sensitive data (${at.name} ${JSON.stringify(key)})`,
    range: at.range,
    at,
    rewrite: `RUN --mount=type=secret,id=${id},env=${key} <the command that needs it>`,
  };
}

const secretWords = [
  "apikey",
  "auth",
  "credential",
  "credentials",
  "key",
  "password",
  "pword",
  "passwd",
  "secret",
  "token",
];
const secretName = new RegExp(`(?:_|^)(?:${secretWords.join("|")})(?:_|$)`, "i");
const harmlessName = /(?:_|^)(?:public|file|version)(?:_|$)/i;

const isSecretName = (name: string) => secretName.test(name) && !harmlessName.test(name);

/** A password inside a URL, a private key, tokens that say what they are. */
const secretValue =
  /:\/\/[^\s/:@$]+:[^\s/@$]+@|-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}|\bxox[abpr]-\w{10}/;

const holdsSecret = (value: string) => secretValue.test(value);
