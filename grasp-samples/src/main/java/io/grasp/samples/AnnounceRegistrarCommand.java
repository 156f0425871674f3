package io.grasp.samples;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.control.ControlOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.onboarding.ServiceAnnouncer;
import io.grasp.samples.onboarding.ServiceAnnouncer.Service;
import io.grasp.samples.text.HostPort;
import io.grasp.samples.text.Output;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Announces a registrar. */
@Command(
        name = "announce-registrar",
        description = {
            "Floods the place of a registrar for new devices (AN_join_registrar, RFC 8995 section 4.3), until it is"
                    + " stopped.",
            "With --est also that of an EST server for renewals (SRV.est, RFC 8994 section 6.2.5.1). It is neither:"
                    + " both are separate HTTPS servers."
        })
final class AnnounceRegistrarCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ControlOptions control = new ControlOptions();

    @Parameters(
            paramLabel = "[ADDRESS:]PORT",
            converter = HostPort.class,
            description = "The registrar's place. Without an address, that of this node.")
    private InetSocketAddress registrar = InetSocketAddress.createUnresolved("", 0);

    @Option(
            names = "--est",
            paramLabel = "[ADDRESS:]PORT",
            converter = HostPort.class,
            description = "Announce an EST server at this place, too.")
    private @Nullable InetSocketAddress estServer;

    @Option(
            names = "--every",
            paramLabel = "MS",
            description = "Milliseconds between two floods; they should not be fewer than the default,"
                    + " ${DEFAULT-VALUE}.")
    private long everyMillis = ServiceAnnouncer.PERIOD.toMillis();

    @Option(
            names = "--loop-count",
            paramLabel = "N",
            description = "The loop count of the floods. Default: 255, as the RFCs want. graspy's Procksy, a DULL"
                    + " instance, takes only 1.")
    private int loopCount = Objective.MAX_LOOP_COUNT;

    AnnounceRegistrarCommand() {}

    @Override
    public Integer call() {
        Duration period = network.millis("--every", everyMillis, 1);
        if (loopCount < 1 || loopCount > Objective.MAX_LOOP_COUNT) {
            throw network.wrong("--loop-count must be 1 to " + Objective.MAX_LOOP_COUNT);
        }
        List<Service> services = new ArrayList<>();
        services.add(Service.registrar(address(registrar), registrar.getPort(), period));
        if (estServer != null) {
            services.add(Service.estServer(address(estServer), estServer.getPort(), period));
        }
        services.replaceAll(service -> service.withLoopCount(loopCount));
        Output output = network.output();
        return control.serving(network, served -> {
            network.withNode(served.with(grasp -> grasp.registerAsa(ServiceAnnouncer.NAME)
                    .flatMap(asa -> new ServiceAnnouncer(AsaNode.of(grasp), services, period, network::warn)
                            .run(asa, () -> output.ready("announce-registrar", words(period))))));
            return 0;
        });
    }

    private String words(Duration period) {
        return "Flooding the place of the registrar, "
                + HostPort.text(registrar).replace("localhost:", "port ")
                + (estServer == null
                        ? ""
                        : ", and of the EST server, " + HostPort.text(estServer).replace("localhost:", "port "))
                + ", every " + period.toMillis() + " ms";
    }

    private @Nullable InetAddress address(InetSocketAddress place) {
        if (place.getPort() == 0) {
            throw network.wrong("a place needs a port above 0");
        }
        if (place.getHostString().isEmpty()) {
            return null;
        }
        InetAddress address =
                Locator.tcp(place.getHostString(), place.getPort()).address();
        if (address == null) {
            throw network.wrong("'" + place.getHostString() + "' is not an IP address");
        }
        return address;
    }
}
