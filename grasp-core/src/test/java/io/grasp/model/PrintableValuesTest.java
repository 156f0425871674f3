package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.grasp.cbor.CborItem;
import io.grasp.config.Dull;
import io.grasp.util.AddressText;
import io.grasp.util.HostileText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever a peer sends, the values and errors made of it print nothing but printable characters. */
class PrintableValuesTest {
    /** Its constructors accept no other text. */
    private static final PeerIdentity MEMBER =
            new PeerIdentity(AcpNodeName.parse("++a!#$%&'*=?^_`{|}~-@example.com"), "0".repeat(64));

    /** Every public record of the packages whose values come from the network. */
    @Test
    void recordsPrintHostileTextEscaped() throws Exception {
        List<String> printed = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(
                        "io.grasp.model",
                        "io.grasp.wire",
                        "io.grasp.observe",
                        "io.grasp.inspection",
                        "io.grasp.engine")) {
            Class<?> loaded = Class.forName(type.getName());
            if (loaded.isRecord() && loaded != PeerIdentity.class && Modifier.isPublic(loaded.getModifiers())) {
                // An objective refuses a name that no message can contain.
                for (String text : loaded == Objective.class ? HostileText.SENDABLE : HostileText.ALL) {
                    HostileText.assertPrintableLine(
                            loaded.getName(), instance(loaded, text).toString());
                }
                printed.add(loaded.getSimpleName());
            }
        }
        assertThat(printed).contains("Objective", "Fqdn", "Declined", "Decline", "SessionInfo", "Flood");
    }

    private static Object instance(Class<?> type, String text) throws Exception {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = value(components[i], text);
        }
        return constructor.newInstance(values);
    }

    private static Object value(RecordComponent component, String text) throws Exception {
        Class<?> type = component.getType();
        String sent = HostileText.SENDABLE.contains(text) ? text : "x";
        Objective objective = Objective.negotiable(sent).withValue(Map.of(sent, List.of(sent)));
        Map<Class<?>, Object> values = Map.ofEntries(
                Map.entry(String.class, text),
                Map.entry(Object.class, text),
                Map.entry(Objective.class, objective),
                Map.entry(ObjectiveValue.class, objective.value()),
                Map.entry(CborItem.class, objective.value().item()),
                Map.entry(Locator.class, new Locator.Fqdn(text, 6, 7)),
                Map.entry(InetAddress.class, InetAddress.getByName("fe80::1")),
                Map.entry(Inet6Address.class, InetAddress.getByName("fe80::1")),
                Map.entry(Inet4Address.class, InetAddress.getByName("192.0.2.1")),
                Map.entry(InetSocketAddress.class, InetSocketAddress.createUnresolved(text, 7)),
                Map.entry(SessionId.class, new SessionId(7)),
                Map.entry(Duration.class, Duration.ofSeconds(1)),
                Map.entry(PeerIdentity.class, MEMBER),
                Map.entry(Optional.class, Optional.empty()),
                Map.entry(GraspException.class, GraspException.peer(GraspErrorCode.DECLINED, text)));
        if (values.containsKey(type)) {
            return values.get(type);
        }
        if (type == Integer.class || type == int.class) {
            return 20;
        }
        if (type == Long.class || type == long.class) {
            return 20L;
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == byte[].class) {
            return new byte[0];
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        String generic = component.getGenericType().getTypeName();
        if (type == List.class || type == Set.class) {
            Object element = generic.contains("TaggedObjective")
                    ? TaggedObjective.untagged(objective)
                    : generic.contains("FloodedObjective") || generic.contains("OnLink")
                            ? new NodeLocators.OnLink(text, 1, Locator.uri(text), loopback())
                            : generic.contains("MemoryNeed")
                                    ? instance(MemoryNeed.Part.class, text)
                                    : generic.contains("Locator")
                                            ? Locator.uri(text)
                                            : generic.contains("CborItem")
                                                    ? objective.value().item()
                                                    : generic.contains("ObjectiveValue") ? objective.value() : text;
            return type == List.class ? List.of(element) : Set.of(element);
        }
        if (type.isRecord()) {
            return instance(type, text);
        }
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted != null) {
            return instance(permitted[permitted.length - 1], text);
        }
        return null;
    }

    private static Locator loopback() {
        return Locator.of(InetAddress.getLoopbackAddress(), 6, 7);
    }

    @Test
    void addressesOfNamesArePrintable() {
        for (String text : HostileText.ALL) {
            HostileText.assertPrintableLine("a name", AddressText.of(InetSocketAddress.createUnresolved(text, 7)));
            HostileText.assertPrintableLine("the rules", Dull.allowing(text).toString());
        }
    }

    @Test
    void errorsArePrintableWithAllTheirCauses() {
        for (String text : HostileText.ALL) {
            Exception deepest = new IllegalArgumentException("no number: " + text);
            Exception cause = new IllegalStateException("cannot read", deepest);
            cause.addSuppressed(new IllegalStateException(text));
            GraspException failure = GraspException.peer(GraspErrorCode.DECLINED, text)
                    .causedBy(cause)
                    .in(new SessionId(7), text);

            assertThat(failure.objective()).hasValue(text);
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            HostileText.assertPrintable("the stack trace", trace.toString().replace("\t", ""));
            assertThat(trace.toString())
                    .contains("java.lang.IllegalArgumentException: no number: a\\u", "errorsArePrintable");
            for (Throwable each = failure; each != null; each = each.getCause()) {
                HostileText.assertPrintableLine("a cause", each.toString());
            }
            assertThat(failure.about("other").getCause()).isSameAs(failure.getCause());
        }
    }

    @Test
    void printableCausesAreKeptAndCircularOnesEnd() {
        Exception fine = new IllegalStateException("fine");
        assertThat(GraspException.peer(GraspErrorCode.DECLINED, "no")
                        .causedBy(fine)
                        .getCause())
                .isSameAs(fine);
        Exception one = new IllegalStateException("\u001b");
        one.initCause(new IllegalStateException("two", one));
        assertThat(GraspException.peer(GraspErrorCode.DECLINED, "no")
                        .causedBy(one)
                        .getCause())
                .hasMessage("java.lang.IllegalStateException: \\u001b");
    }

    @Test
    void errorsAboutValuesAreInOneLineWithTheirCauses() {
        for (String text : HostileText.SENDABLE) {
            try {
                ObjectiveValue.of(Map.of(text, text)).as(Integer.class);
                fail("a map is no number");
            } catch (GraspException failure) {
                HostileText.assertPrintableLine("the failure", failure.getMessage());
            }
            try {
                ObjectiveValue.of(Map.of("number", text)).as(Numbers.class);
                fail("a text is no number");
            } catch (GraspException failure) {
                for (Throwable each = failure; each != null; each = each.getCause()) {
                    HostileText.assertPrintable("a cause", each.toString());
                }
            }
        }
    }

    record Numbers(int number) {}

    @Test
    void diagnosticNotationIsPrintableAndStillJson() {
        for (String text : HostileText.SENDABLE) {
            String notation = ObjectiveValue.of(List.of(text)).toString();
            HostileText.assertPrintableLine("the notation", notation);
        }
        assertThat(ObjectiveValue.of("a\u202e\u001b\n😀").toString()).isEqualTo("\"a\\u202e\\u001b\\n😀\"");
    }
}
