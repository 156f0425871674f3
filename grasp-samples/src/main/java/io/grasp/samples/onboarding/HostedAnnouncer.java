package io.grasp.samples.onboarding;

import io.grasp.host.AsaManifest;
import io.grasp.host.HostContext;
import io.grasp.host.HostedAsa;
import io.grasp.host.Parameter;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.onboarding.ServiceAnnouncer.Service;
import java.util.List;
import reactor.core.publisher.Mono;

/** The announcer of a registrar that listens on the addresses of the node, as an ASA of a host. */
public final class HostedAnnouncer implements HostedAsa {
    private static final Parameter<Long> PORT = Parameter.number("port", 8443, 1, 65_535)
            .withDescription("The TCP port of the registrar; used from the next start on")
            .withOperatorOnly();

    /** Created by a host. */
    public HostedAnnouncer() {}

    @Override
    public AsaManifest manifest() {
        return AsaManifest.of(ServiceAnnouncer.NAME, "1.0")
                .withDescription("Floods the place of a registrar for the join proxies")
                .withObjectives(JoinObjectives.REGISTRAR.name())
                .withParameters(PORT);
    }

    @Override
    public Mono<Void> start(HostContext context) {
        int port = context.parameter(PORT).intValue();
        List<Service> services = List.of(Service.registrar(null, port, ServiceAnnouncer.PERIOD));
        return new ServiceAnnouncer(AsaNode.of(context), services, ServiceAnnouncer.PERIOD, context::report)
                .run(context.asa(), context::ready);
    }
}
