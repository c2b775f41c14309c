import { describe, expect, test } from "bun:test";
import { sha256 } from "../../src/oci/digest.ts";
import { refusal, registryForTest } from "../setup/registry-client.ts";

const bytes = "0123456789";
const digest = sha256(bytes);
const location = (answer: Response) => answer.headers.get("location") ?? "";

describe("the registry's blobs", () => {
  test("are pushed by POST then PUT, and in chunks", async () => {
    await using hub = await registryForTest();
    const begun = await hub.ask("POST", "/v2/a/b/blobs/uploads/");
    expect(begun.status).toBe(202);
    expect(begun.headers.get("range")).toBe("0-0");
    const put = await hub.ask("PUT", `${location(begun)}?digest=${digest}`, bytes);
    expect([put.status, location(put)]).toEqual([201, `/v2/a/b/blobs/${digest}`]);
    expect(put.headers.get("docker-content-digest")).toBe(digest);

    const chunked = await hub.ask("POST", "/v2/c/blobs/uploads/");
    const first = await hub.ask("PATCH", location(chunked), "0123", { "Content-Range": "0-3" });
    expect([first.status, first.headers.get("range")]).toEqual([202, "0-3"]);
    const status = await hub.ask("GET", location(first));
    expect([status.status, status.headers.get("range")]).toEqual([204, "0-3"]);
    const last = await hub.ask("PUT", `${location(first)}?digest=${digest}`, "456789", {
      "Content-Range": "4-9",
    });
    expect(last.status).toBe(201);
    expect(await (await hub.ask("GET", `/v2/c/blobs/${digest}`)).text()).toBe(bytes);
    expect((await hub.ask("GET", location(first))).status).toBe(404);
  });

  test("chunks out of order are refused with where to go on", async () => {
    await using hub = await registryForTest();
    const upload = location(await hub.ask("POST", "/v2/a/blobs/uploads/"));
    await hub.ask("PATCH", upload, "0123");
    const wrong = await hub.ask("PATCH", upload, "6789", { "Content-Range": "6-9" });
    expect([wrong.status, wrong.headers.get("range"), location(wrong)]).toEqual([416, "0-3", upload]);
    expect(await refusal(wrong)).toEqual([416, "BLOB_UPLOAD_INVALID"]);
    const final = await hub.ask("PUT", `${upload}?digest=${digest}`, "6789", { "Content-Range": "6-9" });
    expect(final.status).toBe(416);
    const sizes = await hub.ask("PATCH", upload, "45", { "Content-Range": "4-9" });
    expect(await refusal(sizes)).toEqual([400, "SIZE_INVALID"]);
    expect((await hub.ask("PUT", `${upload}?digest=${digest}`, "456789")).status).toBe(201);
  });

  test("wrong digests, bad digests and unknown uploads are told apart", async () => {
    await using hub = await registryForTest();
    const upload = location(await hub.ask("POST", "/v2/a/blobs/uploads/"));
    const cases: [string, Promise<Response>, [number, string]][] = [
      ["mismatch", hub.ask("PUT", `${upload}?digest=${digest}`, "other"), [400, "DIGEST_INVALID"]],
      [
        "one request",
        hub.ask("POST", `/v2/a/blobs/uploads/?digest=${digest}`, "other"),
        [400, "DIGEST_INVALID"],
      ],
      ["no digest", hub.ask("PUT", "/v2/a/blobs/uploads/x"), [404, "BLOB_UPLOAD_UNKNOWN"]],
      ["bad digest", hub.ask("GET", "/v2/a/blobs/sha256:zz"), [400, "DIGEST_INVALID"]],
      ["no blob", hub.ask("GET", `/v2/a/blobs/${digest}`), [404, "BLOB_UNKNOWN"]],
      ["algorithm", hub.ask("POST", "/v2/a/blobs/uploads/?digest-algorithm=md5"), [400, "DIGEST_INVALID"]],
      ["name", hub.ask("POST", "/v2/A/blobs/uploads/"), [400, "NAME_INVALID"]],
    ];
    for (const [what, answer, expected] of cases) {
      expect([what, ...(await refusal(await answer))]).toEqual([what, ...expected]);
    }
    expect(hub.storage.open.size).toBe(0);
    expect(hub.storage.stored.size).toBe(0);
  });

  test("an upload is reached only through its own repository, and can be given up", async () => {
    await using hub = await registryForTest();
    const upload = location(await hub.ask("POST", "/v2/a/blobs/uploads/"));
    expect((await hub.ask("GET", upload.replace("/a/", "/b/"))).status).toBe(404);
    expect((await hub.ask("DELETE", upload)).status).toBe(204);
    expect((await hub.ask("DELETE", upload)).status).toBe(404);
  });

  test("a blob is shown only by repositories that have it; mounting brings it there", async () => {
    await using hub = await registryForTest();
    await hub.pushBlob("a", bytes);
    expect((await hub.ask("GET", `/v2/b/blobs/${digest}`)).status).toBe(404);
    const mount = (to: string, query: string) => hub.ask("POST", `/v2/${to}/blobs/uploads/?${query}`);
    expect((await mount("b", `mount=${digest}&from=nobody`)).status).toBe(202);
    expect((await hub.ask("GET", `/v2/b/blobs/${digest}`)).status).toBe(404);
    const mounted = await mount("b", `mount=${digest}&from=a`);
    expect([mounted.status, location(mounted)]).toEqual([201, `/v2/b/blobs/${digest}`]);
    expect((await mount("c", `mount=${digest}`)).status).toBe(201);
    expect((await hub.ask("DELETE", `/v2/a/blobs/${digest}`)).status).toBe(202);
    expect((await hub.ask("HEAD", `/v2/a/blobs/${digest}`)).status).toBe(404);
    expect((await hub.ask("HEAD", `/v2/b/blobs/${digest}`)).headers.get("content-length")).toBe("10");
  });

  test.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=8-100", 206, "89", "bytes 8-9/10"],
    ["bytes=4-2", 200, bytes, null],
    ["bytes=0-1,3-4", 200, bytes, null],
    ["bytes=10-", 416, undefined, "bytes */10"],
  ])("Range: %s is answered with %p", async (range, status, text, contentRange) => {
    await using hub = await registryForTest();
    await hub.pushBlob("a", bytes);
    const answer = await hub.ask("GET", `/v2/a/blobs/${digest}`, undefined, { Range: range });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([status, contentRange]);
    if (text !== undefined) expect(await answer.text()).toBe(text);
  });

  test("the later of two requests about one upload wins, and goes on behind the earlier", async () => {
    await using hub = await registryForTest();
    const upload = location(await hub.ask("POST", "/v2/a/blobs/uploads/"));
    const endless = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from("0123")),
    });
    const earlier = hub.ask("PATCH", upload, endless).catch(() => undefined);
    while ((await hub.ask("GET", upload)).headers.get("range") !== "0-3") await Bun.sleep(2);
    const later = await hub.ask("PUT", `${upload}?digest=${digest}`, "456789", { "Content-Range": "4-9" });
    expect(later.status).toBe(201);
    expect((await earlier)?.status).not.toBe(202);
  });

  test("of many who write the same part at once, it is there once", async () => {
    await using hub = await registryForTest();
    const upload = location(await hub.ask("POST", "/v2/a/blobs/uploads/"));
    const put = () => hub.ask("PATCH", upload, "0123", { "Content-Range": "0-3" });
    const statuses = (await Promise.all(Array.from({ length: 8 }, put))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect((await hub.ask("GET", upload)).headers.get("range")).toBe("0-3");
    expect((await hub.ask("PUT", `${upload}?digest=${digest}`, "456789")).status).toBe(201);
  });

  test("blobs above the limit are refused, announced or not", async () => {
    await using hub = await registryForTest({ rules: { maxBlobBytes: 5 } });
    const announced = await hub.ask("POST", `/v2/a/blobs/uploads/?digest=${digest}`, bytes);
    expect(await refusal(announced)).toEqual([413, "SIZE_INVALID"]);
    const upload = location(await hub.ask("POST", "/v2/a/blobs/uploads/"));
    await hub.ask("PATCH", upload, "0123");
    expect((await hub.ask("PATCH", upload, new Response("456").body ?? "")).status).toBe(413);
  });
});
