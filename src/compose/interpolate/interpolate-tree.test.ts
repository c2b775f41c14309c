// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the language under test
import { expect, test } from "bun:test";
import { readYaml } from "../yaml/read-yaml.ts";
import type { YamlMap } from "../yaml/yaml-value.ts";
import { interpolateTree, type RecordedUse } from "./interpolate-tree.ts";
import { listVariables } from "./list-variables.ts";

function treeOf(text: string): YamlMap {
  return readYaml("compose.yaml", text)[0]?.value as YamlMap;
}

function expanded(text: string, env: Record<string, string> = {}) {
  const tree = treeOf(text);
  const warnings: string[] = [];
  const uses: RecordedUse[] = [];
  interpolateTree(tree, { lookup: (name) => env[name], warn: (sentence) => warnings.push(sentence), uses });
  return { tree, warnings, uses };
}

test("values are expanded, keys are not", () => {
  const { tree } = expanded("services:\n  web:\n    image: a:$TAG\n    labels:\n      $TAG: ${TAG}\n", {
    TAG: "1",
  });
  expect(tree).toEqual({ services: { web: { image: "a:1", labels: { $TAG: "1" } } } });
});

test("texts become numbers and booleans where the model wants them", () => {
  const { tree, warnings } = expanded(
    `services:
  web:
    scale: "\${N}"
    cpus: "0.5"
    tty: "yes"
    ulimits: { nofile: "10", nproc: { soft: "1", hard: $N } }
    ports: [{ target: "80", published: "$N" }]
    environment: { N: $N }
networks: { n: { internal: "true" } }
`,
    { N: "3" },
  );
  expect(tree).toEqual({
    services: {
      web: {
        scale: 3,
        cpus: 0.5,
        tty: true,
        ulimits: { nofile: 10, nproc: { soft: 1, hard: 3 } },
        ports: [{ target: 80, published: "3" }],
        environment: { N: "3" },
      },
    },
    networks: { n: { internal: true } },
  });
  expect(warnings).toEqual(['"yes" for boolean is not supported by YAML 1.2, please use `true`']);
});

test("an unset variable is spoken of once", () => {
  const { warnings } = expanded("a: $X\nb: ${X}\nc: $Y\n");
  expect(warnings).toEqual([
    'The "X" variable is not set. Defaulting to a blank string.',
    'The "Y" variable is not set. Defaulting to a blank string.',
  ]);
});

test("all problems are told at once, each where it stands", () => {
  const text = `services:
  web:
    image: app:\${TAG
    command: |
      first
      \${MUST:?say it}
    scale: "\${N}"
    ports:
      - \${}
`;
  expect(() => expanded(text, { N: "many" })).toThrow(
    [
      'compose.yaml:3:16: services.web.image: invalid interpolation format: "app:${TAG" (a dollar sign that means itself is written $$)',
      "compose.yaml:6:7: services.web.command: required variable MUST is missing a value: say it",
      'compose.yaml:7:12: services.web.scale: must be a whole number, not "many"',
      'compose.yaml:9:9: services.web.ports[0]: invalid interpolation format: "${}" (a dollar sign that means itself is written $$)',
    ].join("\n"),
  );
});

test("uses are recorded with their places", () => {
  const { uses } = expanded("services:\n  web:\n    command: [a, 'b $X ${Y:-$X}']\n", { X: "1" });
  expect(
    uses.map(({ name, place, becomes, result }) => [name, place?.line, place?.column, becomes, result]),
  ).toEqual([
    ["X", 3, 21, "1", "b 1 1"],
    ["Y", 3, 24, "1", "b 1 1"],
    ["X", 3, 29, "1", "b 1 1"],
  ]);
});

test("variables are listed with defaults, alternatives and need", () => {
  const tree = treeOf("a: $A ${B:-b$C} ${D:?no} $$E\nb: [{ c: '${F+f}' }]\n");
  expect([...listVariables(tree).values()].map((v) => Object.values(v)).sort()).toEqual([
    ["A", false, "", ""],
    ["B", false, "b$C", ""],
    ["C", false, "", ""],
    ["D", true, "", ""],
    ["F", false, "", "f"],
  ]);
});
