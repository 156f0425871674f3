package io.grasp.samples.control;

import io.grasp.cbor.CborItem;
import io.grasp.inspection.ValueExcerpt;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.PeerIdentity;
import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes members of JSON objects in the forms of the control API: times in milliseconds, addresses as text, constants
 * in lower case, {@code null} for what is absent.
 */
public final class JsonWriter implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> FLAGS = List.of("F_DISC", "F_NEG", "F_SYNCH", "F_NEG_DRY");
    private static final int DECIMALS = 3;
    private static final String END_OF_CUT = "'...";

    private final JsonGenerator out;

    private JsonWriter(ByteArrayOutputStream bytes) {
        this.out = JSON.createGenerator(ObjectWriteContext.empty(), bytes);
    }

    /**
     * Writes one object.
     *
     * @param members writes its members
     * @return its bytes in UTF-8
     */
    public static byte[] object(Consumer<JsonWriter> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonWriter writer = new JsonWriter(bytes)) {
            writer.element(members);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        out.close();
    }

    /** Writes an object as an element of an array. */
    JsonWriter element(Consumer<JsonWriter> members) {
        out.writeStartObject();
        members.accept(this);
        out.writeEndObject();
        return this;
    }

    public JsonWriter object(String name, Consumer<JsonWriter> members) {
        out.writeName(name);
        return element(members);
    }

    /** Writes an object, or {@code null} if there is none. */
    public <T> JsonWriter object(String name, Optional<T> value, BiConsumer<JsonWriter, T> members) {
        if (value.isEmpty()) {
            return nothing(name);
        }
        return object(name, json -> members.accept(json, value.get()));
    }

    /** Writes an array of objects. */
    public <T> JsonWriter objects(String name, List<T> values, BiConsumer<JsonWriter, T> members) {
        out.writeName(name);
        out.writeStartArray();
        values.forEach(value -> element(json -> members.accept(json, value)));
        out.writeEndArray();
        return this;
    }

    JsonWriter nothing(String name) {
        out.writeName(name);
        out.writeNull();
        return this;
    }

    public JsonWriter text(String name, @Nullable String value) {
        if (value == null) {
            return nothing(name);
        }
        out.writeName(name);
        out.writeString(value);
        return this;
    }

    public JsonWriter text(String name, Optional<String> value) {
        return text(name, value.orElse(null));
    }

    public JsonWriter texts(String name, List<String> values) {
        out.writeName(name);
        out.writeStartArray();
        values.forEach(out::writeString);
        out.writeEndArray();
        return this;
    }

    public JsonWriter texts(String name, Optional<List<String>> values) {
        return values.isEmpty() ? nothing(name) : texts(name, values.get());
    }

    public JsonWriter number(String name, long value) {
        out.writeName(name);
        out.writeNumber(value);
        return this;
    }

    /** Writes a number, or {@code null} if there is none. */
    JsonWriter number(String name, OptionalLong value) {
        return value.isEmpty() ? nothing(name) : number(name, value.getAsLong());
    }

    /** Writes a number, {@code null} for the one that stands for no bound. */
    JsonWriter bound(String name, long value, long unbounded) {
        return value == unbounded ? nothing(name) : number(name, value);
    }

    public JsonWriter flag(String name, boolean value) {
        out.writeName(name);
        out.writeBoolean(value);
        return this;
    }

    public JsonWriter constant(String name, Enum<?> value) {
        return text(name, word(value));
    }

    /** {@return a constant as it is in the tags of metrics} */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Writes a time in milliseconds with microseconds as decimals, {@code null} for one that never comes.
     *
     * @param name the name without the unit
     */
    public JsonWriter millis(String name, Duration value) {
        if (value.equals(FloodedObjective.INDEFINITE)) {
            return nothing(name + "Millis");
        }
        out.writeName(name + "Millis");
        long micros = TimeUnit.MICROSECONDS.convert(value);
        if (micros % 1000 == 0) {
            out.writeNumber(micros / 1000);
        } else {
            out.writeNumber(BigDecimal.valueOf(micros, DECIMALS));
        }
        return this;
    }

    public JsonWriter millis(String name, Optional<Duration> value) {
        return value.isEmpty() ? nothing(name + "Millis") : millis(name, value.get());
    }

    JsonWriter time(String name, @Nullable Instant value) {
        return text(name, value == null ? null : value.toString());
    }

    JsonWriter address(String name, @Nullable InetAddress value) {
        return text(name, value == null ? null : AddressText.of(value));
    }

    JsonWriter address(String name, Optional<InetAddress> value) {
        return address(name, value.orElse(null));
    }

    JsonWriter address(String name, @Nullable InetSocketAddress value) {
        return text(name, value == null ? null : AddressText.of(value));
    }

    JsonWriter locator(String name, Optional<Locator> value) {
        return text(name, value.map(JsonWriter::text));
    }

    JsonWriter locators(String name, List<Locator> values) {
        return texts(name, values.stream().map(JsonWriter::text).toList());
    }

    /** {@return a locator as options of commands have it: with its protocol if that is not TCP} */
    static String text(Locator locator) {
        Integer protocol = locator.protocol();
        if (protocol == null || protocol == Locator.TCP) {
            return locator.toString();
        }
        return (protocol == Locator.UDP ? "udp" : "protocol-" + protocol) + ":" + locator;
    }

    JsonWriter session(String name, SessionId id) {
        return number(name, id.value());
    }

    JsonWriter session(String name, Optional<SessionId> id) {
        return id.isEmpty() ? nothing(name) : session(name, id.get());
    }

    /** Writes the flags of an objective by their names; those without a name as {@code bit-} and their number. */
    JsonWriter flags(int flags) {
        return texts(
                "flags",
                IntStream.range(0, Integer.SIZE)
                        .filter(bit -> (flags & 1 << bit) != 0)
                        .mapToObj(bit -> bit < FLAGS.size() ? FLAGS.get(bit) : "bit-" + bit)
                        .toList());
    }

    /** Writes the members of an objective, with its whole value. */
    JsonWriter objective(Objective objective) {
        return text("objective", objective.name())
                .flags(objective.flags())
                .number("loopCount", objective.loopCount())
                .value("value", ValueExcerpt.of(objective.value(), Integer.MAX_VALUE));
    }

    JsonWriter value(String name, ValueExcerpt value) {
        return value.equals(ValueExcerpt.NONE)
                ? nothing(name)
                : cbor(name, value.toString(), HexFormat.of().formatHex(value.bytes()), value.length());
    }

    /** Writes a message, of which no more than some bytes are shown. */
    JsonWriter message(String name, CborItem message, int most) {
        int length = message.length();
        if (length <= most) {
            return cbor(name, message.diagnostic(), message.toString(), length);
        }
        String hex = HexFormat.of().formatHex(message.bytes(), 0, most);
        return cbor(name, "h'" + hex + END_OF_CUT + " (" + length + " bytes)", hex, length);
    }

    private JsonWriter cbor(String name, String diagnostic, String hex, int length) {
        return object(
                name,
                json -> json.text("diagnostic", diagnostic).text("hex", hex).number("length", length));
    }

    JsonWriter identity(String name, Optional<PeerIdentity> identity) {
        return object(
                name,
                identity,
                (json, value) ->
                        json.text("nodeName", value.nodeName().toString()).text("fingerprint", value.fingerprint()));
    }

    public JsonWriter path(MessagePath path) {
        return object(
                "path",
                json -> json.constant("kind", path.kind())
                        .text("link", path.link())
                        .address("peer", path.peer())
                        .identity("identity", Optional.ofNullable(path.identity())));
    }
}
