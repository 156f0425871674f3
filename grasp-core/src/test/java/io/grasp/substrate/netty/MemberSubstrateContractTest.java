package io.grasp.substrate.netty;

import io.grasp.security.Identity;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.overlay.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * The substrate's contract between members of one domain, which are nodes of one host: each has all earlier ones as
 * neighbors.
 *
 * @param <S> the substrate
 */
public abstract class MemberSubstrateContractTest<S extends Substrate> extends EventLoopSubstrateContractTest {
    private static final List<Identity> IDENTITIES = new ArrayList<>();
    private static InetAddress address;

    private final List<S> substrates = new ArrayList<>();

    @BeforeAll
    static void openIdentities() throws IOException {
        Identities domain = new Identities();
        Stream.of("one", "two", "three").forEach(name -> IDENTITIES.add(domain.open(name)));
        address = HostAddresses.read().beyondLinks().get(0).address();
    }

    @AfterAll
    static void closeIdentities() {
        IDENTITIES.forEach(Identity::close);
        IDENTITIES.clear();
    }

    @BeforeEach
    void forget() {
        substrates.clear();
    }

    /** {@return the address of all nodes} */
    protected static InetAddress address() {
        return address;
    }

    /**
     * {@return a new substrate on the loop}
     *
     * @param identity the identity of the node
     * @param neighbors the ports of its neighbors
     */
    protected abstract S newSubstrate(Identity identity, List<Integer> neighbors);

    @Override
    protected Substrate newSubstrate() {
        List<Integer> neighbors = substrates.stream()
                .map(Substrate::port)
                .filter(port -> port > 0)
                .toList();
        S created = newSubstrate(IDENTITIES.get(substrates.size()), neighbors);
        substrates.add(created);
        return created;
    }

    /** {@return the identity of one of the nodes} */
    protected Identity identity(Substrate substrate) {
        return IDENTITIES.get(substrates.indexOf(substrate));
    }

    @Override
    protected InetAddress address(Substrate substrate) {
        return address;
    }
}
