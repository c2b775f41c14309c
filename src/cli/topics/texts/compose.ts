export const composeTopic = `
A project is one or more files (compose.yaml, compose.yml, docker-compose.yaml, docker-compose.yml, each with its .override beside it), found here or in a folder above. Its name is -p, COMPOSE_PROJECT_NAME, \`name:\` in the file, or the folder's, in that order.

  hull compose up -d                   make what runs be what the files say
  hull compose ps                      what runs
  hull compose logs -f web             what it says
  hull compose exec web sh             a shell in it
  hull compose run --rm web ./migrate  something beside it, once
  hull compose up -d --scale web=3     three of it, on one port
  hull compose down                    all of it away; -v: its volumes, too

Files, names, labels and hashes are those of Docker Compose 2.40.3: either tool takes over what the other made, and this one works on any Docker engine. \`up\` may be repeated and interrupted at any point: it does what is missing, changes what changed, and leaves the rest alone.

What else there is:

  hull compose config                  the project with everything resolved
  hull compose config --explain TAG    where a variable or a value came from
  hull compose graph                   a drawing; -o FILE.svg: a picture
  hull compose convert --to kubernetes manifests for a cluster
  hull compose watch                   what changes goes into the containers
  hull why web-1                       why one of them does not run

Exit codes: those of Docker Compose. 0; 1 for what went wrong; 130 after Ctrl-C; of \`exec\`, \`run\` and \`up --exit-code-from\` that of the command.

See also: hull help compose-variables, hull help compose up.
`;
