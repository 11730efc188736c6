import { resolve } from "node:path";
import { openTransport } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";

const locationOf = async (url: string): Promise<string> => (await openTransport(url)).location;

describe("sqlite URLs", () => {
  it.each([
    ["sqlite:./tasks.db", resolve("tasks.db")],
    ["sqlite:tasks.db", resolve("tasks.db")],
    ["sqlite:../a/tasks.db", resolve("../a/tasks.db")],
    ["sqlite:/var/tasks.db", "/var/tasks.db"],
    ["sqlite:///var/tasks.db", "/var/tasks.db"],
    ["sqlite:/var/a b/tasks.db", "/var/a b/tasks.db"],
    ["sqlite:/var/a%20b/t%23.db", "/var/a b/t#.db"],
    ["sqlite:/var/tasks.db?durability=power-loss&max-bytes=1000000", "/var/tasks.db"],
  ])("%s is the file %s", async (url, path) => {
    expect(await locationOf(url)).toBe(`sqlite:${path}`);
  });

  it.each([
    ["sqlite:", "names no file"],
    ["sqlite://tasks.db", "host"],
    ["sqlite::memory:", "memory:"],
    ["sqlite:/a%ZZ", "percent-encoded"],
    ["sqlite:/a.db?durability=never", "durability"],
    ["sqlite:/a.db?max-bytes=lots", "max-bytes"],
    ["sqlite:/a.db?mode=ro", "mode"],
    ["sqlite:/a.db#b", "%23"],
  ])("refuses %s and says why", async (url, reason) => {
    const refusal = expect(openTransport(url)).rejects;
    await refusal.toMatchObject({ code: "BROKER_URL_INVALID", message: expect.stringContaining(reason) });
  });

  it("says what survives which failure", async () => {
    expect((await openTransport("sqlite:/a.db")).caps.durability).toContain("process crash");
    expect((await openTransport("sqlite:/a.db?durability=power-loss")).caps.durability).toContain("power loss");
  });
});
