export const filtersTopic = `
--filter KEY=VALUE. Given several times, different keys must all hold; of one key any value is enough (all labels must be there).

  ps             id, name, label, status, exited, health, ancestor, before, since,
                 volume, network, publish, expose, is-task
  images         reference, dangling, label, before, since, until
  volume ls      name, label, driver, dangling
  network ls     id, name, label, driver, scope, type (custom, builtin), dangling
  events         type, event, container, image, volume, network, label, daemon
  prune          until, label (label!=… for those without)

Statuses are created, running, paused, restarting, removing, exited and dead. \`name\` matches a part of the name, as a regular expression: ^web$ is the whole. \`ancestor\` is an image or anything built on it. \`until\` takes an age (24h) or a time (2026-01-31).

  hull ps -a -f status=exited -f exited=137
  hull ps -f label=app=shop -f health=unhealthy
  hull images -f reference='shop/*:1.*'
`;
