/** Words of docker's grammar for what Hull has not got: of swarms, signatures, manifest lists, checkpoints. */
export const unbuiltWords: Readonly<
  Record<string, Readonly<Record<string, { readonly summary: string; readonly aliases?: readonly string[] }>>>
> = {
  config: {
    create: { summary: "Create a config from a file or STDIN" },
    inspect: { summary: "Display detailed information on one or more configs" },
    ls: { summary: "List configs", aliases: ["list"] },
    rm: { summary: "Remove one or more configs", aliases: ["remove"] },
  },
  node: {
    demote: { summary: "Demote one or more nodes from manager in the swarm" },
    inspect: { summary: "Display detailed information on one or more nodes" },
    ls: { summary: "List nodes in the swarm", aliases: ["list"] },
    promote: { summary: "Promote one or more nodes to manager in the swarm" },
    ps: { summary: "List tasks running on one or more nodes, defaults to current node" },
    rm: { summary: "Remove one or more nodes from the swarm", aliases: ["remove"] },
    update: { summary: "Update a node" },
  },
  secret: {
    create: { summary: "Create a secret from a file or STDIN as content" },
    inspect: { summary: "Display detailed information on one or more secrets" },
    ls: { summary: "List secrets", aliases: ["list"] },
    rm: { summary: "Remove one or more secrets", aliases: ["remove"] },
  },
  service: {
    create: { summary: "Create a new service" },
    inspect: { summary: "Display detailed information on one or more services" },
    logs: { summary: "Fetch the logs of a service or task" },
    ls: { summary: "List services", aliases: ["list"] },
    ps: { summary: "List the tasks of one or more services" },
    rm: { summary: "Remove one or more services", aliases: ["remove"] },
    rollback: { summary: "Revert changes to a service's configuration" },
    scale: { summary: "Scale one or multiple replicated services" },
    update: { summary: "Update a service" },
  },
  stack: {
    config: { summary: "Outputs the final config file, after doing merges and interpolations" },
    deploy: { summary: "Deploy a new stack or update an existing stack", aliases: ["up"] },
    ls: { summary: "List stacks", aliases: ["list"] },
    ps: { summary: "List the tasks in the stack" },
    rm: { summary: "Remove one or more stacks", aliases: ["remove", "down"] },
    services: { summary: "List the services in the stack" },
  },
  swarm: {
    ca: { summary: "Display and rotate the root CA" },
    init: { summary: "Initialize a swarm" },
    join: { summary: "Join a swarm as a node and/or manager" },
    "join-token": { summary: "Manage join tokens" },
    leave: { summary: "Leave the swarm" },
    unlock: { summary: "Unlock swarm" },
    "unlock-key": { summary: "Manage the unlock key" },
    update: { summary: "Update the swarm" },
  },
  checkpoint: {
    create: { summary: "Create a checkpoint from a running container" },
    ls: { summary: "List checkpoints for a container", aliases: ["list"] },
    rm: { summary: "Remove a checkpoint", aliases: ["remove"] },
  },
  manifest: {
    annotate: { summary: "Add additional information to a local image manifest" },
    create: { summary: "Create a local manifest list for annotating and pushing to a registry" },
    inspect: { summary: "Display an image manifest, or manifest list" },
    push: { summary: "Push a manifest list to a repository" },
    rm: { summary: "Delete one or more manifest lists from local storage" },
  },
  trust: {
    inspect: { summary: "Return low-level information about keys and signatures" },
    revoke: { summary: "Remove trust for an image" },
    sign: { summary: "Sign an image" },
  },
  "trust key": {
    generate: { summary: "Generate and load a signing key-pair" },
    load: { summary: "Load a private key file for signing" },
  },
  "trust signer": {
    add: { summary: "Add a signer" },
    remove: { summary: "Remove a signer" },
  },
};
