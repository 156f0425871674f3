package io.grasp.simulation.fuzz;

import io.grasp.model.Locator;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.util.PeerAddresses;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the simulated network that frames each input of its engine for {@link EngineEvents}, checks where the engine
 * connects to, and accepts datagrams with a forged source. Everything else is passed on.
 */
final class WatchedSubstrate {
    private final SimNode node;
    private final EngineEvents events;
    private final Consumer<String> violated;
    private final List<Link> links = new ArrayList<>();
    private final Set<Locator> chosen = new HashSet<>();
    private @Nullable SubstrateListener listener;

    WatchedSubstrate(SimNode node, EngineEvents events, Consumer<String> violated) {
        this.node = node;
        this.events = events;
        this.violated = violated;
    }

    /** {@return the substrate for the engine} */
    Substrate substrate() {
        return proxy(Substrate.class, (proxy, method, arguments) -> {
            if (method.getName().equals("start")) {
                listener = watched((SubstrateListener) arguments[0]);
                arguments[0] = listener;
            } else if (method.getName().equals("connect")) {
                connecting((Locator) arguments[0]);
            }
            return invoke(node, method, arguments);
        });
    }

    private void connecting(Locator to) {
        InetAddress address = to.address();
        boolean ownPort = Objects.equals(to.port(), node.port());
        if (address != null
                && !chosen.contains(to)
                && (!PeerAddresses.isPeer(address)
                        || ownPort && node.addresses().contains(address))) {
            violated.accept("connects to " + to);
        }
    }

    private SubstrateListener watched(SubstrateListener engine) {
        return proxy(SubstrateListener.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "linkUp" -> links.add((Link) arguments[0]);
                case "linkDown" -> links.removeIf(link -> link.index() == ((Link) arguments[0]).index());
                case "linkMessage" -> {
                    return datagram(engine, method, arguments, (byte[]) arguments[1], (ReplyPath) arguments[2]);
                }
                case "unicastMessage" -> {
                    return datagram(engine, method, arguments, (byte[]) arguments[0], (ReplyPath) arguments[1]);
                }
                case "accepted" -> {
                    InetSocketAddress remote = ((Connection) arguments[0]).remote();
                    return watched((ConnectionListener) invoke(engine, method, arguments), remote);
                }
                default -> {
                    // passed on as it is
                }
            }
            return invoke(engine, method, arguments);
        });
    }

    private @Nullable Object datagram(
            SubstrateListener engine, Method method, Object[] arguments, byte[] message, ReplyPath back)
            throws Throwable {
        byte[] before = message.clone();
        events.begin(MessagePath.Kind.LINK, back.source());
        Object nothing = invoke(engine, method, arguments);
        events.endOfDatagram();
        if (!Arrays.equals(before, message)) {
            violated.accept("the engine has changed a received datagram");
        }
        return nothing;
    }

    private ConnectionListener watched(ConnectionListener engine, InetSocketAddress remote) {
        return proxy(ConnectionListener.class, (proxy, method, arguments) -> {
            boolean input = method.getName().equals("received");
            if (input) {
                events.begin(MessagePath.Kind.CONNECTION, remote);
            }
            Object nothing = invoke(engine, method, arguments);
            if (input) {
                events.endOfChunk();
            }
            return nothing;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object invoke(Object on, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** {@return the listener of the substrate, once the engine has been started} */
    SubstrateListener listener() {
        return Objects.requireNonNull(listener);
    }

    /** An ASA may connect to this locator, wherever it leads. */
    Locator permit(Locator locator) {
        chosen.add(locator);
        return locator;
    }

    /** {@return the links that are up} */
    List<Link> links() {
        return links;
    }

    /** {@return the link with this name, or {@code null} if it is down} */
    @Nullable
    Link link(String name) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}
