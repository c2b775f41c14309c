export const volumesTopic = `
What a container writes is gone when it is removed. These stay:

  -v data:/path          a volume called data, made when it is not there
  -v /path               a volume without a name; rm -v removes it
  -v /here:/path         a folder or file of this machine, by its whole path
  -v /here:/path:ro      the same, to be read only
  --tmpfs /path          memory: gone at the end

--mount says the same in words, and fails where -v would make an empty folder:

  --mount type=volume,source=data,target=/path
  --mount type=bind,source=/here,target=/path,readonly
  --mount type=tmpfs,target=/path,tmpfs-size=64m

A new volume is filled with what the image has at that place. A folder of this machine is not: it hides what the image has there. Files keep their numbers of users: a process that runs as user 1000 inside writes files of user 1000 here.

\`hull volume ls -f dangling=true\` lists volumes nobody uses, \`hull volume prune\` removes those without a name.
`;
