package io.grasp.samples.wireshark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.crypto.SecretKey;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * A Java agent that writes the secrets of all TLS 1.3 connections of the JVM to a file, in the format of
 * {@code SSLKEYLOGFILE}, with which Wireshark decrypts them. The JDK cannot do this, and the library must not. The
 * class and its libraries must be on the class path of the JVM.
 */
public final class TlsKeyLog {
    /** A system property whose value is an object: the only thing that a class of the JDK can share with this one. */
    private static final String LISTENER = "io.grasp.samples.wireshark.TlsKeyLog";

    private static final Map<String, String> LABELS = Map.of(
            "TlsClientHandshakeTrafficSecret", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "TlsServerHandshakeTrafficSecret", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "TlsClientAppTrafficSecret", "CLIENT_TRAFFIC_SECRET_0",
            "TlsServerAppTrafficSecret", "SERVER_TRAFFIC_SECRET_0");

    private TlsKeyLog() {}

    /** {@return the option of a JVM that writes its secrets to a file} */
    public static String option(Path directory, Path log) {
        Path jar = directory.resolve("tls-key-log.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", TlsKeyLog.class.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        try (JarOutputStream empty = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            empty.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "-javaagent:" + jar + "=" + log;
    }

    /** Called by the JVM before its main method. */
    public static void premain(String log, Instrumentation instrumentation) {
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("sun.security.ssl", Set.of(TlsKeyLog.class.getModule())),
                Set.of(),
                Map.of());
        System.getProperties().put(LISTENER, listener(Path.of(log)));
        new AgentBuilder.Default()
                .ignore(ElementMatchers.none())
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
                .type(ElementMatchers.named("sun.security.ssl.SSLSecretDerivation"))
                .transform((builder, type, loader, module, domain) -> builder.visit(
                                Advice.to(Created.class).on(ElementMatchers.isConstructor()))
                        .visit(Advice.to(DeriveKey.class).on(ElementMatchers.named("deriveKey"))))
                .installOn(instrumentation);
    }

    /** The derivations do not keep the handshake for which they were created. */
    private static BiConsumer<Object, Object[]> listener(Path file) {
        Map<Object, Object> handshakes = Collections.synchronizedMap(new WeakHashMap<>());
        return (derivation, event) -> {
            if (event.length == 1) {
                handshakes.put(derivation, event[0]);
                return;
            }
            String label = LABELS.get((String) event[0]);
            if (label != null) {
                write(file, label, handshakes.get(derivation), (SecretKey) event[1]);
            }
        };
    }

    private static void write(Path file, String label, Object handshake, SecretKey secret) {
        HexFormat hex = HexFormat.of();
        try {
            byte[] random = (byte[]) field(field(handshake, "clientHelloRandom"), "randomBytes");
            String line = label + " " + hex.formatHex(random) + " " + hex.formatHex(secret.getEncoded()) + "\n";
            Files.writeString(
                    file, line, StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException("this JDK is not as the agent expects it", e);
        }
    }

    private static Object field(Object object, String name) throws ReflectiveOperationException {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(object);
                }
            }
        }
        throw new NoSuchFieldException(object.getClass() + " " + name);
    }

    /** Is copied into the JDK's constructor, so it may use classes of the JDK only. */
    private static final class Created {
        private Created() {}

        @Advice.OnMethodExit
        @SuppressWarnings("unchecked")
        static void exit(@Advice.This Object derivation, @Advice.Argument(0) Object handshake) {
            Object listener = System.getProperties().get("io.grasp.samples.wireshark.TlsKeyLog");
            ((BiConsumer<Object, Object[]>) listener).accept(derivation, new Object[] {handshake});
        }
    }

    /** Is copied into the JDK's method, so it may use classes of the JDK only. */
    private static final class DeriveKey {
        private DeriveKey() {}

        @Advice.OnMethodExit
        @SuppressWarnings("unchecked")
        static void exit(
                @Advice.This Object derivation, @Advice.Argument(0) String secretName, @Advice.Return Object secret) {
            Object listener = System.getProperties().get("io.grasp.samples.wireshark.TlsKeyLog");
            ((BiConsumer<Object, Object[]>) listener).accept(derivation, new Object[] {secretName, secret});
        }
    }
}
