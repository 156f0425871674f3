package io.grasp.samples;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.samples.control.client.RemoteNode;
import io.grasp.samples.control.client.ViaOptions;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.text.ObjectiveName;
import io.grasp.samples.text.Output;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Discovers an objective. */
@Command(name = "discover", description = "Prints the ASAs that support an objective; exits with 1 if there are none.")
final class DiscoverCommand implements Callable<Integer> {
    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private ViaOptions via = new ViaOptions();

    @Parameters(paramLabel = "NAME", converter = ObjectiveName.class, description = "The objective's name.")
    private String name = "";

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            description = "Milliseconds to wait for answers. Default: ${DEFAULT-VALUE}.")
    private long timeoutMillis = 1000;

    @Option(names = "--loop-count", paramLabel = "N", description = NetworkOptions.LOOP_COUNT)
    private @Nullable Integer loopCount;

    DiscoverCommand() {}

    @Override
    public Integer call() {
        Duration timeout = network.requestMillis("--timeout", timeoutMillis);
        Objective objective = network.loopCount(Objective.discoverable(name), loopCount);
        Output output = network.output();
        if (count(objective, timeout, output) == 0) {
            throw new IllegalStateException("No peer answered for " + name + " within " + timeoutMillis + " ms");
        }
        return 0;
    }

    private long count(Objective objective, Duration timeout, Output output) {
        try (RemoteNode node = via.node(network)) {
            if (node != null) {
                return node.discover(name, loopCount, timeout, found -> print(found, output));
            }
        }
        Long found = network.withNode(grasp -> grasp.registerAsa("discover")
                .flatMapMany(asa -> asa.discover(objective, timeout))
                .doOnNext(each -> print(
                        new RemoteNode.Found(
                                each.locator(),
                                each.link(),
                                each.diverted(),
                                each.ttl().toMillis()),
                        output))
                .count());
        return found == null ? 0 : found;
    }

    private static void print(RemoteNode.Found found, Output output) {
        output.result(Found.of(found), describe(found));
    }

    private static String describe(RemoteNode.Found found) {
        String link = found.link().isEmpty() ? "" : " on " + found.link();
        return found.locator() + link + (found.diverted() ? ", diverted" : "") + ", valid for " + found.ttlMillis()
                + " ms";
    }

    /** A line of output. */
    private record Found(
            String kind,
            String locator,
            @Nullable Integer port,
            @Nullable Integer protocol,
            String link,
            boolean diverted,
            long ttlMillis) {

        static Found of(RemoteNode.Found found) {
            Locator locator = found.locator();
            return new Found(
                    locator.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                    place(locator),
                    locator.port(),
                    locator.protocol(),
                    found.link(),
                    found.diverted(),
                    found.ttlMillis());
        }

        private static String place(Locator locator) {
            if (locator instanceof Locator.Ipv6 ipv6) {
                return AddressText.of(ipv6.address());
            }
            if (locator instanceof Locator.Ipv4 ipv4) {
                return AddressText.of(ipv4.address());
            }
            return locator instanceof Locator.Fqdn fqdn ? fqdn.name() : locator.toString();
        }
    }
}
