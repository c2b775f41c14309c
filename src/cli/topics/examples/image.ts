import type { Manuals } from "./manuals.ts";

/** Commands about images, building and registries. */
export const imageManuals: Manuals = {
  "image ls": {
    about: `Lists images. One without a name (<none>) is left over when its name went to a newer one; prune removes those.`,
    examples: [
      ["One repository", "hull images debian"],
      ["Names only", "hull images --format '{{.Repository}}:{{.Tag}}'"],
      ["Left-overs", "hull images -f dangling=true"],
    ],
    also: ["images", "filters", "formats"],
  },
  "image pull": {
    about: `Downloads an image, or brings it up to date. Layers that are here are not downloaded again; one that broke off goes on where it stopped.`,
    examples: [
      ["A version", "hull pull debian:bookworm"],
      ["Exactly these bytes", "hull pull alpine@sha256:<digest>"],
      ["For another kind of machine", "hull pull --platform linux/arm64 alpine"],
      ["From a registry of one's own", "hull pull 127.0.0.1:5000/shop/web"],
    ],
    also: ["images", "login", "push"],
  },
  "image push": {
    about: `Uploads an image to the registry its name begins with. Layers that are there are not sent again.`,
    examples: [
      [
        "Name it for a registry, then send it",
        "hull tag web registry.example.com/shop/web:1.2\nhull push registry.example.com/shop/web:1.2",
      ],
    ],
    also: ["tag", "login", "images"],
  },
  "image build": {
    about: `Builds an image from a Dockerfile and the files of a folder (the context), a git repository, or an archive. Steps that have not changed are taken from the cache; stages that do not need each other run at once. .dockerignore keeps files out of the context.`,
    examples: [
      ["This folder", "hull build -t shop/web ."],
      [
        "Another file, a value, one stage",
        "hull build -f build/Dockerfile --build-arg VERSION=1.2 --target test .",
      ],
      ["From standard input, without files", "hull build -t tiny - < Dockerfile"],
      ["Everything again", "hull build --no-cache --pull -t shop/web ."],
    ],
    also: ["dockerfile", "builder prune", "push"],
  },
  "image build context": {
    about: `Lists the files a build would get, after .dockerignore, with their sizes: the largest first, where a context is too big.`,
    examples: [["Of this folder", "hull build context ."]],
    also: ["build", "dockerfile"],
  },
  "builder du": {
    about: `Shows what builds keep to be faster the next time, with its size and when it was last used.`,
    examples: [["All of it", "hull builder du"]],
    also: ["builder prune", "system df"],
  },
  "builder cache export": {
    about: `Writes what RUN --mount=type=cache has kept into a tar archive, for another machine or a later run of CI.`,
    examples: [["Take it along", "hull builder cache export npm > npm.tar"]],
    also: ["builder cache import", "dockerfile"],
  },
  "builder cache import": {
    about: `Puts the files of a tar archive into a cache that RUN --mount=type=cache shows to builds.`,
    examples: [["Bring it back", "hull builder cache import npm < npm.tar"]],
    also: ["builder cache export", "dockerfile"],
  },
  "image history": {
    about: `Shows the steps an image was made in, newest first, with the size each one added.`,
    examples: [["In full", "hull history --no-trunc debian"]],
    also: ["dive", "image inspect"],
  },
  "image inspect": {
    about: `Shows everything the engine knows about images, as JSON or through a template.`,
    examples: [
      [
        "Its command and variables",
        "hull image inspect -f '{{json .Config.Cmd}} {{json .Config.Env}}' nginx",
      ],
      ["Its digest in the registry", "hull image inspect -f '{{index .RepoDigests 0}}' nginx"],
    ],
    also: ["history", "formats"],
  },
  "image rm": {
    about: `Takes names off images; an image without a name that no container uses is removed, with the layers no other needs.`,
    examples: [
      ["A name", "hull rmi shop/web:old"],
      ["An image that stopped containers use", "hull rmi -f shop/web"],
    ],
    also: ["image prune", "images"],
  },
  "image prune": {
    about: `Removes images without a name; with --all every image no container uses. Asks first.`,
    examples: [["Unused for a week", "hull image prune -a --filter until=168h"]],
    also: ["system df", "filters"],
  },
  "image save": {
    about: `Writes images with names, layers and history into one tar archive that load reads, also on a machine without a registry.`,
    examples: [
      ["To a file", "hull save -o web.tar shop/web:1.2"],
      ["To another machine", "hull save shop/web | ssh vm hull load"],
    ],
    also: ["load", "export"],
  },
  "image load": {
    about: `Reads images from an archive that save wrote, compressed or not.`,
    examples: [["From a file", "hull load -i web.tar"]],
    also: ["save", "import"],
  },
  "image import": {
    about: `Makes an image of one layer from a tar archive of files: a path, an address, or - for standard input.`,
    examples: [["A whole system", `tar -C rootfs -c . | hull import -c 'CMD ["/bin/sh"]' - mine/base`]],
    also: ["export", "build", "bootstrap"],
  },
  "image tag": {
    about: `Gives an image one more name. Names are cheap: nothing is copied.`,
    examples: [["For a registry", "hull tag shop/web registry.example.com/shop/web:1.2"]],
    also: ["images", "push"],
  },
  search: {
    about: `Searches Docker Hub.`,
    examples: [["Official ones only", "hull search --filter is-official=true postgres"]],
  },
  bootstrap: {
    about: `Makes base images out of this machine's own packages, without any registry; the same packages give the same digest.`,
    examples: [
      ["What can be made", "hull bootstrap --list"],
      ["A Debian image", "hull bootstrap debian:bookworm"],
    ],
    also: ["import", "registry serve"],
  },
  dive: {
    about: `Shows an image layer by layer: what each step added, changed and removed, and the bytes that are wasted: those of files a later layer overwrites or removes. On a terminal it takes the whole screen (? shows the keys), elsewhere it prints a report.`,
    examples: [
      ["Look", "hull dive shop/web"],
      ["A report", "hull dive --format text shop/web"],
      [
        "In a pipeline: fail when much is wasted",
        "hull dive --min-efficiency 95% --max-wasted 20MB shop/web",
      ],
    ],
    also: ["history"],
  },
  "builder prune": {
    about: `Removes what builds keep to be faster the next time, after asking.`,
    examples: [["Keep two gigabytes", "hull builder prune --keep-storage 2g"]],
    also: ["build", "system df"],
  },
  login: {
    about: `Checks a name and a password with a registry and keeps them for pull and push: with the program credsStore or credHelpers in config.json names, else in config.json, where they can be read. Without SERVER it is Docker Hub.`,
    examples: [
      ["By hand", "hull login registry.example.com"],
      [
        "In scripts, where no other process can see it",
        "hull login -u me --password-stdin registry.example.com < token",
      ],
    ],
    also: ["logout", "config"],
  },
  logout: {
    about: `Forgets the password of a registry.`,
    examples: [["Forget", "hull logout registry.example.com"]],
    also: ["login"],
  },
  "registry serve": {
    about: `Runs a registry in the foreground, on a folder or an object store.`,
    examples: [
      [
        "On this machine alone",
        "hull registry serve &\nhull tag web 127.0.0.1:5000/web\nhull push 127.0.0.1:5000/web",
      ],
    ],
    also: ["registry gc", "push"],
  },
  "registry gc": {
    about: `Removes from the storage of a registry, which must not run, what no name leads to any more.`,
    examples: [["Collect", "hull registry gc"]],
    also: ["registry serve"],
  },
};
