export const dockerfileTopic = `
  # syntax=…, # escape=\`      directives, before anything else
  ARG NAME[=VALUE]            a value from --build-arg; before FROM only for FROM lines
  FROM IMAGE [AS STAGE]       begins a stage; \`scratch\` is empty
  RUN COMMAND                 runs it and keeps the files it has written
  COPY [--from=STAGE] A… B    files of the context, of a stage or of an image
  ADD A… B                    the same, also addresses, git repositories and archives
  WORKDIR, USER               where and as whom RUN and the container run
  ENV NAME=VALUE              variables, also in the container
  CMD, ENTRYPOINT             what the container runs
  EXPOSE, VOLUME, LABEL, HEALTHCHECK, STOPSIGNAL, SHELL, ONBUILD

A command is best given as a list, CMD ["nginx", "-g", "daemon off;"]: as plain words it runs in a shell, which does not pass signals on.

A step is taken from the cache when it, what it is based on, and the files it copies are the same as before. So what changes rarely comes first: copy the list of dependencies, install them, then copy the sources. RUN --mount=type=cache,target=PATH keeps a folder between builds, --mount=type=secret,id=NAME shows a secret that does not stay in the image.

.dockerignore keeps files out of the context, one pattern a line; ! takes files back in. Stages that the last one (or --target) does not need are not built.

  FROM golang AS build
  WORKDIR /src
  COPY go.mod go.sum ./
  RUN go mod download
  COPY . .
  RUN go build -o /app .

  FROM scratch
  COPY --from=build /app /app
  ENTRYPOINT ["/app"]
`;
