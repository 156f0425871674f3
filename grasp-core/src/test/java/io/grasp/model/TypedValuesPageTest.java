package io.grasp.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.dataformat.cbor.CBORMapper;

/** The code in docs/typed-values.md: it compiles, runs, and is identical to the text there. */
class TypedValuesPageTest {
    // page record begins
    record Lease(String network, int hosts) {}

    static final TypedObjective<Lease> LEASE = TypedObjective.negotiable("example.net:lease", Lease.class);
    // page record ends

    // page sealed begins
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
    sealed interface Demand permits Hosts, Everything {}

    record Hosts(int number) implements Demand {}

    record Everything() implements Demand {}

    static final TypedObjective<Demand> DEMAND = TypedObjective.negotiable("example.net:demand", Demand.class);
    // page sealed ends

    // page instanceof begins
    static int wanted(Demand demand, int all) {
        return demand instanceof Hosts hosts ? hosts.number() : all;
    }
    // page instanceof ends

    // page enum begins
    enum Priority {
        LOW,
        HIGH
    }

    record Wish(int mbits, Priority priority) {}

    static final TypedObjective<Wish> WISH = TypedObjective.negotiable("example.net:wish", Wish.class);
    // page enum ends

    // page newer begins
    record NewerLease(String network, int hosts, @Nullable Integer hours) {
        NewerLease {
            hours = hours == null ? 24 : hours; // older ASAs do not send it
        }
    }

    static final TypedObjective<NewerLease> NEWER = TypedObjective.negotiable("example.net:lease", NewerLease.class)
            .withUnknownFields(UnknownFields.REPORT); // those of ASAs that are newer still
    // page newer ends

    // page default begins
    enum Color {
        RED,
        GREEN,
        OTHER;

        @JsonCreator
        static Color named(String name) {
            return Stream.of(values())
                    .filter(color -> color.name().equals(name))
                    .findFirst()
                    .orElse(OTHER);
        }
    }
    // page default ends

    /** A type of another library, which Jackson does not know. */
    static final class Prefix {
        private final String address;
        private final int length;

        private Prefix(String address, int length) {
            this.address = address;
            this.length = length;
        }

        static Prefix parse(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException("no slash");
            }
            return new Prefix(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        }

        @Override
        public String toString() {
            return address + "/" + length;
        }
    }

    // page module begins
    static CBORMapper withPrefixes() {
        SimpleModule prefixes = new SimpleModule()
                .addSerializer(Prefix.class, new ValueSerializer<>() {
                    @Override
                    public void serialize(Prefix prefix, JsonGenerator out, SerializationContext context) {
                        out.writeString(prefix.toString());
                    }
                })
                .addDeserializer(Prefix.class, new ValueDeserializer<>() {
                    @Override
                    public Prefix deserialize(JsonParser in, DeserializationContext context) {
                        return Prefix.parse(in.getString());
                    }
                });
        return ObjectiveValue.mapper().rebuild().addModule(prefixes).build();
    }

    record Pool(Prefix prefix, int free) {}

    static final TypedObjective<Pool> POOL =
            TypedObjective.synchronizable("example.net:pool", ObjectiveCodec.of(Pool.class, withPrefixes()));
    // page module ends

    // page raw begins
    static final TypedObjective<Lease> AS_BYTES = TypedObjective.negotiable(
            "example.net:lease", ObjectiveCodec.of(Lease.class).asRawCbor());

    static final TypedObjective<ObjectiveValue> AS_CBOR =
            TypedObjective.negotiable("example.net:lease", ObjectiveCodec.undecoded());
    // page raw ends

    private static String reason(TypedObjective<?> objective, Object value) {
        Decoded<?> decoded = objective.decode(ObjectiveValue.of(value));
        assertThat(decoded).isInstanceOf(Decoded.Unfit.class);
        return ((Decoded.Unfit<?>) decoded).reason();
    }

    @Test
    void aRecordFitsOrIsDeclinedWithThePlace() {
        assertThat(LEASE.valueOf(LEASE.withValue(new Lease("lab", 5)))).isEqualTo(new Lease("lab", 5));
        assertThat(reason(LEASE, Map.of("network", "lab"))).isEqualTo("missing field at /hosts");
        assertThat(reason(LEASE, Map.of("network", "lab", "hosts", 2.5))).isEqualTo("invalid value at /hosts");
        assertThat(reason(LEASE, Map.of("network", "lab", "hosts", 5, "color", 1)))
                .isEqualTo("unknown field at /color");
    }

    @Test
    void aSealedTypeNeedsNoListOfItsCases() {
        assertThat(DEMAND.withValue(new Hosts(5)).value()).hasToString("{\"kind\": \"Hosts\", \"number\": 5}");
        for (Demand demand : List.of(new Hosts(5), new Everything())) {
            assertThat(DEMAND.valueOf(DEMAND.withValue(demand))).isEqualTo(demand);
            assertThat(wanted(demand, 9)).isEqualTo(demand instanceof Hosts ? 5 : 9);
        }
        assertThat(reason(DEMAND, Map.of("kind", "Half"))).isEqualTo("invalid value at /kind");
        assertThat(reason(DEMAND, Map.of("number", 5))).isEqualTo("missing field at /kind");
        TypedObjective<List<Demand>> several = TypedObjective.negotiable("EX3", new TypeReference<List<Demand>>() {});
        assertThat(reason(several, List.of(Map.of("kind", "Hosts", "number", 5), Map.of("number", 5))))
                .isEqualTo("missing field at /1/kind");
        assertThat(several.valueOf(several.withValue(List.of(new Hosts(5), new Everything()))))
                .containsExactly(new Hosts(5), new Everything());
        assertThat(reason(several, List.of("Hosts"))).isEqualTo("invalid value at /0");
    }

    @Test
    void anEnumTravelsByItsNames() {
        Wish wish = new Wish(5, Priority.HIGH);
        assertThat(WISH.withValue(wish).value()).hasToString("{\"mbits\": 5, \"priority\": \"HIGH\"}");
        assertThat(WISH.valueOf(WISH.withValue(wish))).isEqualTo(wish);
        for (Object other : List.of("high", "URGENT", 1)) {
            assertThat(reason(WISH, Map.of("mbits", 5, "priority", other))).isEqualTo("invalid value at /priority");
        }
    }

    @Test
    void anUnknownConstantCanBeReadAsAnother() {
        TypedObjective<Color> objective = TypedObjective.negotiable("example.net:color", Color.class);
        assertThat(objective.valueOf(objective.withValue(Color.GREEN))).isEqualTo(Color.GREEN);
        assertThat(objective.decode(ObjectiveValue.of("BLUE"))).isEqualTo(new Decoded.Value<>(Color.OTHER, List.of()));
    }

    @Test
    void anOlderAndANewerVersionUnderstandEachOther() {
        assertThat(NEWER.valueOf(LEASE.withValue(new Lease("lab", 5)))).isEqualTo(new NewerLease("lab", 5, 24));
        assertThat(NEWER.decode(ObjectiveValue.of(Map.of("network", "lab", "hosts", 5, "color", 1))))
                .isEqualTo(new Decoded.Value<>(new NewerLease("lab", 5, 24), List.of("/color")));
        assertThat(LEASE.withUnknownFields(UnknownFields.IGNORE).valueOf(NEWER.withValue(new NewerLease("lab", 5, 1))))
                .isEqualTo(new Lease("lab", 5));
        assertThat(reason(NEWER, Map.of("network", "lab"))).isEqualTo("missing field at /hosts");
    }

    @Test
    void aModuleOfJacksonAddsTypesAndKeepsTheRules() {
        Pool pool = POOL.valueOf(POOL.withValue(new Pool(Prefix.parse("2001:db8::/32"), 7)));

        assertThat(pool.prefix()).hasToString("2001:db8::/32");
        assertThat(reason(POOL, Map.of("prefix", "nonsense", "free", 7))).isEqualTo("invalid value at /prefix");
        assertThat(reason(POOL, Map.of("prefix", "2001:db8::/32"))).isEqualTo("missing field at /free");
        assertThat(reason(POOL, Map.of("prefix", "2001:db8::/32", "free", "7"))).isEqualTo("invalid value at /free");
        assertThat(reason(POOL, Map.of("prefix", "2001:db8::/32", "free", 7, "a", 1)))
                .isEqualTo("unknown field at /a");
    }

    @Test
    void theSameValueMayTravelAsBytesOrBeReadAsCbor() {
        Lease lease = new Lease("lab", 5);

        assertThat(AS_BYTES.withValue(lease).value().toString()).startsWith("24(h'");
        assertThat(LEASE.valueOf(AS_BYTES.withValue(lease))).isEqualTo(lease);
        assertThat(AS_CBOR.valueOf(LEASE.withValue(lease))).hasToString("{\"network\": \"lab\", \"hosts\": 5}");
    }

    @Test
    void thePageShowsThisCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/grasp/model/TypedValuesPageTest.java"));
        String page = Files.readString(Path.of("../docs/typed-values.md"));
        List<String> parts = Pattern.compile("(?s)    // page (\\w+) begins\n(.*?)    // page \\1 ends\n")
                .matcher(source)
                .results()
                .map(part -> part.group(2).stripTrailing().stripIndent())
                .toList();

        assertThat(parts).hasSize(8);
        assertThat(Pattern.compile("(?s)```java\n(.*?)\n```\n")
                        .matcher(page)
                        .results()
                        .map((MatchResult shown) -> shown.group(1)))
                .containsExactlyElementsOf(parts);
    }
}
