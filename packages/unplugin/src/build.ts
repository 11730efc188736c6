import type { ProjectBuild } from "./project-build.js";

/** What the hooks of every bundler share. */
export interface Build {
  readonly project: ProjectBuild;
  /**
   * What the bundler's target says of the option `client`; of a compiler that is known by its object where several may share
   * a plugin.
   */
  readonly setClient: (isClient: boolean, compiler?: object) => void;
}
