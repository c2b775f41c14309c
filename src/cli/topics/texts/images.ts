export const imagesTopic = `
An image is called [HOST[:PORT]/]PATH[:TAG][@DIGEST].

  debian                         docker.io/library/debian:latest
  debian:bookworm                the same repository, another tag
  me/app                         docker.io/me/app:latest
  registry.example.com/app:1.2   the first part is a registry when it has a dot or a port,
  localhost:5000/app             or is localhost
  debian@sha256:…                exactly these bytes, whatever the tag says today

A tag is a name that may go to another image tomorrow. A digest never changes. What pull prints at its end can be given to run.

An image is a list of layers and a configuration. Layers are kept once, however many images have them; rm takes away those that no image needs any more. An image may hold builds for several platforms; the one of this machine is taken unless --platform or DOCKER_DEFAULT_PLATFORM says otherwise.

Without a registry: \`hull bootstrap\` makes base images out of this machine's packages, \`hull save\` and \`hull load\` carry images as files, \`hull registry serve\` is a registry of one's own.
`;
