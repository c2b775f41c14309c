import { expect, setDefaultTimeout, test } from "bun:test";
import { corpusProject } from "../../../tests/setup/compose-config.ts";
import { corpusCases } from "../../../tests/setup/compose-corpus.ts";
import { problemsOf } from "../../../tests/setup/kubernetes-check.ts";
import { projectFiles } from "../../cli/compose/project-files.ts";
import { sceneOf } from "../graph/scene.ts";
import { svgGraph } from "../graph/svg/draw.ts";
import { arrange } from "../graph/terminal/arrange.ts";
import { toKubernetes } from "./convert.ts";
import { manifestsText } from "./manifest-text.ts";

// Reading, drawing and converting a hundred projects takes long where the machine is busy.
setDefaultTimeout(60_000);

const cases = corpusCases().filter(
  ({ stdin, flags }) => stdin === undefined && !flags.some((flag) => flag.startsWith("--no-")),
);

type Document = Readonly<Record<string, unknown>>;

/** By the reader that is quick; `convert.test.ts` looks with another one. */
const documentsOf = (text: string) =>
  [Bun.YAML.parse(text) as Document | Document[] | null].flat().filter((document) => document !== null);

/** What is wanted from outside is not in the output. */
const isOutside = (problem: string) => !/: no (?:ConfigMap|Secret|PersistentVolumeClaim) /.test(problem);

test.each(cases.map((asked) => [asked.name, asked] as const))(
  "%s is drawn whole, and its manifests are taken by an API server",
  async (_, asked) => {
    const project = await corpusProject(asked);
    const text = manifestsText(toKubernetes(project, projectFiles));
    expect(problemsOf(documentsOf(text)).filter(isOutside)).toEqual([]);
    const scene = sceneOf(project);
    if (scene.services.length > 0) expect(arrange(scene, 100).untold).toEqual([]);
    expect(svgGraph(scene)).toEndWith("</svg>\n");
  },
);
