import { notImplemented } from "../../../errors/engine-error.ts";

/** BuildKit's client asks for this first: the sentence has to tell its user what to do. */
export async function postForeignSession(): Promise<never> {
  throw notImplemented(
    "this engine has no BuildKit: build with DOCKER_BUILDKIT=0 docker build, or with hull build",
  );
}
