import { type ConnectionOptions, openResults, openTransport } from "@taskgen/core/internal";
import { onTestFinished } from "vitest";
import type { Implementation, Participant, Peer, Space } from "./implementation.js";
import { LocalPeer, type PeerPlace, ProcessPeer } from "./peers.js";
import { close } from "./scene.js";

/** What differs between transports that are opened by a URL. */
export interface UrlImplementation {
  readonly name: string;
  /** The URL of a new space; it may register its clean-up with the running test. */
  readonly url: () => Promise<string>;
  /** The URL of its results where they are elsewhere. */
  readonly resultsUrl?: () => Promise<string>;
  /** Whether other processes can take part. */
  readonly reach: "this process" | "other processes";
  readonly options?: Pick<ConnectionOptions, "leaseMs" | "heartbeatMs">;
  readonly skip?: Implementation["skip"];
}

const on = { state: () => {}, error: () => {} };

async function openBoth({ url, resultsUrl = url, options }: PeerPlace): Promise<Participant> {
  const transport = await openTransport(url, options);
  const results = await openResults(resultsUrl, options);
  await Promise.all([transport.start(on), results.start(on)]);
  return { transport, results };
}

async function openLocalPeer(place: PeerPlace): Promise<Peer> {
  const participant = await openBoth(place);
  onTestFinished(() => close(participant));
  return new LocalPeer(participant);
}

/** An implementation that the core opens by URL. */
export function urlImplementation(implementation: UrlImplementation): Implementation {
  const { name, url, resultsUrl = url, reach, options, skip = {} } = implementation;
  const space = async (): Promise<Space> => {
    const here = await url();
    const there = resultsUrl === url ? here : await resultsUrl();
    const place = (prefix: string): PeerPlace => ({ url: here, resultsUrl: there, options: { ...options, prefix } });
    return {
      open: (prefix) => openBoth(place(prefix)),
      peer: (prefix) => (reach === "this process" ? openLocalPeer(place(prefix)) : ProcessPeer.start(place(prefix))),
    };
  };
  return { name, space, skip };
}
