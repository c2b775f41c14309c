/**
 * How these commands are called. Flags are known by name, so that a command line is read right:
 * `l:label=` is --label or -l with a value, `q:quiet` a switch.
 */
export const unbuiltUsages: Readonly<Record<string, { readonly usage: string; readonly flags: string }>> = {
  "config create": { usage: "config create [OPTIONS] CONFIG file|-", flags: "l:label= template-driver=" },
  "config inspect": { usage: "config inspect [OPTIONS] CONFIG [CONFIG...]", flags: "f:format= pretty" },
  "config ls": { usage: "config ls [OPTIONS]", flags: "f:filter= format= q:quiet" },
  "config rm": { usage: "config rm CONFIG [CONFIG...]", flags: "" },
  "node demote": { usage: "node demote NODE [NODE...]", flags: "" },
  "node inspect": { usage: "node inspect [OPTIONS] self|NODE [NODE...]", flags: "f:format= pretty" },
  "node ls": { usage: "node ls [OPTIONS]", flags: "f:filter= format= q:quiet" },
  "node promote": { usage: "node promote NODE [NODE...]", flags: "" },
  "node ps": { usage: "node ps [OPTIONS] [NODE...]", flags: "f:filter= format= no-resolve no-trunc q:quiet" },
  "node rm": { usage: "node rm [OPTIONS] NODE [NODE...]", flags: "f:force" },
  "node update": { usage: "node update [OPTIONS] NODE", flags: "availability= label-add= label-rm= role=" },
  "secret create": {
    usage: "secret create [OPTIONS] SECRET [file|-]",
    flags: "d:driver= l:label= template-driver=",
  },
  "secret inspect": { usage: "secret inspect [OPTIONS] SECRET [SECRET...]", flags: "f:format= pretty" },
  "secret ls": { usage: "secret ls [OPTIONS]", flags: "f:filter= format= q:quiet" },
  "secret rm": { usage: "secret rm SECRET [SECRET...]", flags: "" },
  "service create": {
    usage: "service create [OPTIONS] IMAGE [COMMAND] [ARG...]",
    flags:
      "cap-add= cap-drop= config= constraint= container-label= credential-spec= d:detach dns= dns-option= dns-search= endpoint-mode= entrypoint= e:env= env-file= generic-resource= group= health-cmd= health-interval= health-retries= health-start-interval= health-start-period= health-timeout= host= hostname= init isolation= l:label= limit-cpu= limit-memory= limit-pids= log-driver= log-opt= max-concurrent= mode= mount= name= network= no-healthcheck no-resolve-image oom-score-adj= placement-pref= p:publish= q:quiet read-only replicas= replicas-max-per-node= reserve-cpu= reserve-memory= restart-condition= restart-delay= restart-max-attempts= restart-window= rollback-delay= rollback-failure-action= rollback-max-failure-ratio= rollback-monitor= rollback-order= rollback-parallelism= secret= stop-grace-period= stop-signal= sysctl= t:tty ulimit= update-delay= update-failure-action= update-max-failure-ratio= update-monitor= update-order= update-parallelism= u:user= with-registry-auth w:workdir=",
  },
  "service inspect": { usage: "service inspect [OPTIONS] SERVICE [SERVICE...]", flags: "f:format= pretty" },
  "service logs": {
    usage: "service logs [OPTIONS] SERVICE|TASK",
    flags: "details f:follow no-resolve no-task-ids no-trunc raw since= n:tail= t:timestamps",
  },
  "service ls": { usage: "service ls [OPTIONS]", flags: "f:filter= format= q:quiet" },
  "service ps": {
    usage: "service ps [OPTIONS] SERVICE [SERVICE...]",
    flags: "f:filter= format= no-resolve no-trunc q:quiet",
  },
  "service rm": { usage: "service rm SERVICE [SERVICE...]", flags: "" },
  "service rollback": { usage: "service rollback [OPTIONS] SERVICE", flags: "d:detach q:quiet" },
  "service scale": { usage: "service scale SERVICE=REPLICAS [SERVICE=REPLICAS...]", flags: "d:detach" },
  "service update": {
    usage: "service update [OPTIONS] SERVICE",
    flags:
      "args= cap-add= cap-drop= config-add= config-rm= constraint-add= constraint-rm= container-label-add= container-label-rm= credential-spec= d:detach dns-add= dns-option-add= dns-option-rm= dns-rm= dns-search-add= dns-search-rm= endpoint-mode= entrypoint= env-add= env-rm= force generic-resource-add= generic-resource-rm= group-add= group-rm= health-cmd= health-interval= health-retries= health-start-interval= health-start-period= health-timeout= host-add= host-rm= hostname= image= init isolation= label-add= label-rm= limit-cpu= limit-memory= limit-pids= log-driver= log-opt= max-concurrent= mount-add= mount-rm= network-add= network-rm= no-healthcheck no-resolve-image oom-score-adj= placement-pref-add= placement-pref-rm= publish-add= publish-rm= q:quiet read-only replicas= replicas-max-per-node= reserve-cpu= reserve-memory= restart-condition= restart-delay= restart-max-attempts= restart-window= rollback rollback-delay= rollback-failure-action= rollback-max-failure-ratio= rollback-monitor= rollback-order= rollback-parallelism= secret-add= secret-rm= stop-grace-period= stop-signal= sysctl-add= sysctl-rm= t:tty ulimit-add= ulimit-rm= update-delay= update-failure-action= update-max-failure-ratio= update-monitor= update-order= update-parallelism= u:user= with-registry-auth w:workdir=",
  },
  "stack config": { usage: "stack config [OPTIONS]", flags: "c:compose-file= skip-interpolation" },
  "stack deploy": {
    usage: "stack deploy [OPTIONS] STACK",
    flags: "c:compose-file= d:detach prune q:quiet resolve-image= with-registry-auth",
  },
  "stack ls": { usage: "stack ls [OPTIONS]", flags: "format=" },
  "stack ps": { usage: "stack ps [OPTIONS] STACK", flags: "f:filter= format= no-resolve no-trunc q:quiet" },
  "stack rm": { usage: "stack rm [OPTIONS] STACK [STACK...]", flags: "d:detach" },
  "stack services": { usage: "stack services [OPTIONS] STACK", flags: "f:filter= format= q:quiet" },
  "swarm ca": {
    usage: "swarm ca [OPTIONS]",
    flags: "ca-cert= ca-key= cert-expiry= d:detach external-ca= q:quiet rotate",
  },
  "swarm init": {
    usage: "swarm init [OPTIONS]",
    flags:
      "advertise-addr= autolock availability= cert-expiry= data-path-addr= data-path-port= default-addr-pool= default-addr-pool-mask-length= dispatcher-heartbeat= external-ca= force-new-cluster listen-addr= max-snapshots= snapshot-interval= task-history-limit=",
  },
  "swarm join": {
    usage: "swarm join [OPTIONS] HOST:PORT",
    flags: "advertise-addr= availability= data-path-addr= listen-addr= token=",
  },
  "swarm join-token": { usage: "swarm join-token [OPTIONS] (worker|manager)", flags: "q:quiet rotate" },
  "swarm leave": { usage: "swarm leave [OPTIONS]", flags: "f:force" },
  "swarm unlock": { usage: "swarm unlock", flags: "" },
  "swarm unlock-key": { usage: "swarm unlock-key [OPTIONS]", flags: "q:quiet rotate" },
  "swarm update": {
    usage: "swarm update [OPTIONS]",
    flags:
      "autolock cert-expiry= dispatcher-heartbeat= external-ca= max-snapshots= snapshot-interval= task-history-limit=",
  },
  "checkpoint create": {
    usage: "checkpoint create [OPTIONS] CONTAINER CHECKPOINT",
    flags: "checkpoint-dir= leave-running",
  },
  "checkpoint ls": { usage: "checkpoint ls [OPTIONS] CONTAINER", flags: "checkpoint-dir=" },
  "checkpoint rm": { usage: "checkpoint rm [OPTIONS] CONTAINER CHECKPOINT", flags: "checkpoint-dir=" },
  "manifest annotate": {
    usage: "manifest annotate [OPTIONS] MANIFEST_LIST MANIFEST",
    flags: "arch= os= os-features= os-version= variant=",
  },
  "manifest create": {
    usage: "manifest create MANIFEST_LIST MANIFEST [MANIFEST...]",
    flags: "a:amend insecure",
  },
  "manifest inspect": {
    usage: "manifest inspect [OPTIONS] [MANIFEST_LIST] MANIFEST",
    flags: "insecure v:verbose",
  },
  "manifest push": { usage: "manifest push [OPTIONS] MANIFEST_LIST", flags: "insecure p:purge" },
  "manifest rm": { usage: "manifest rm MANIFEST_LIST [MANIFEST_LIST...]", flags: "" },
  "trust inspect": { usage: "trust inspect IMAGE[:TAG] [IMAGE[:TAG]...]", flags: "pretty" },
  "trust revoke": { usage: "trust revoke [OPTIONS] IMAGE[:TAG]", flags: "y:yes" },
  "trust sign": { usage: "trust sign IMAGE:TAG", flags: "local" },
  "trust key generate": { usage: "trust key generate NAME", flags: "dir=" },
  "trust key load": { usage: "trust key load [OPTIONS] KEYFILE", flags: "name=" },
  "trust signer add": { usage: "trust signer add OPTIONS NAME REPOSITORY [REPOSITORY...]", flags: "key=" },
  "trust signer remove": {
    usage: "trust signer remove [OPTIONS] NAME REPOSITORY [REPOSITORY...]",
    flags: "f:force",
  },
};
