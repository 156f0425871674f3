package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.ca.IdentityFiles;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The option {@code --resolve-names} of a node with a certificate. */
class ResolveNamesTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    @TempDir
    private Path temporary;

    @Test
    void aNodeWithACertificateResolvesNamesInLocatorsIfItsUserPermitsIt() throws Exception {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        domain.issue("server");
        InetAddress here = InetAddress.getByName("127.0.0.1");
        int port = freePort(here);
        IdentityFiles files = new IdentityFiles(domain.identity("server"));
        OverlayConfig overlay = OverlayConfig.defaults().withAddresses(here).withPort(port);
        try (Identity identity = Identity.open(IdentityConfig.pem(files.certificate(), files.key(), files.anchors()))) {
            Grasp node = Grasp.start(GraspConfig.defaults().withOverlay(overlay, identity))
                    .block(LONGEST);
            try {
                Asa asa = node.registerAsa("server").block(LONGEST);
                Objective objective = Objective.synchronizable("EX2");
                asa.register(
                                objective,
                                RegistrationOptions.DEFAULTS.withLocators(
                                        List.of(new Locator.Fqdn("localhost", Locator.TCP, port))))
                        .block(LONGEST);
                asa.listenSynchronize(objective.withValue(ObjectiveValue.of(7))).block(LONGEST);
                List<String> command = new ArrayList<>(List.of("synchronize", "EX2", "--bind", "127.0.0.1:0"));
                command.addAll(List.of("--neighbor", "127.0.0.1:" + port));
                command.addAll(domain.issue("client"));

                Cli.Run refused = Cli.run(command.toArray(String[]::new));
                assertThat(refused.code()).isEqualTo(1);
                assertThat(refused.err()).singleElement().asString().startsWith("grasp: Invalid locator");

                command.add("--resolve-names");
                assertThat(Cli.run(command.toArray(String[]::new)))
                        .isEqualTo(new Cli.Run(0, List.of("EX2 = 7"), List.of()));
            } finally {
                node.closeAsync().block(LONGEST);
            }
        }
    }

    private static int freePort(InetAddress address) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, address)) {
            return free.getLocalPort();
        }
    }
}
