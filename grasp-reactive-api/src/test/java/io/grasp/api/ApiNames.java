package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.observe.GraspObserver;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names of the public API in a column of a page's tables: {@code Type}, {@code Type.CONSTANT}, {@code Type.method()},
 * {@code Type.method(Parameter, Types)}.
 */
final class ApiNames {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern NAME = Pattern.compile("([A-Z]\\w*(?:\\.[A-Z][a-z]\\w*)*)(?:\\.(\\w+)(\\((.*)\\))?)?");

    private static final Pattern MEMBER = Pattern.compile("([A-Z]\\w*)\\.(\\w+)");

    private static final List<String> PACKAGES = List.of(
            "io.grasp.api.",
            "io.grasp.model.",
            "io.grasp.config.",
            "io.grasp.observe.",
            "io.grasp.inspection.",
            "io.grasp.cbor.",
            "io.grasp.security.",
            "io.grasp.simulation.",
            "io.grasp.simulation.trace.",
            "io.grasp.substrate.netty.",
            "io.grasp.substrate.netty.acp.",
            "io.grasp.substrate.netty.overlay.",
            "io.grasp.substrate.sim.",
            "io.grasp.simulation.chaos.",
            "io.grasp.simulation.adversary.",
            "io.grasp.logging.",
            "io.grasp.metrics.",
            "io.grasp.substrate.netty.quads.");

    private ApiNames() {}

    /** A row of a table: its cells, without the markup between them. */
    record Row(List<String> cells) {
        static Optional<Row> of(String line) {
            if (!line.startsWith("|") || line.startsWith("|-") || line.startsWith("| --")) {
                return Optional.empty();
            }
            return Optional.of(new Row(
                    Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|"))
                            .map(String::strip)
                            .toList()));
        }

        String cell(int column) {
            return cells.get(column);
        }
    }

    static List<String> lines(String page) throws IOException {
        return Files.readAllLines(Path.of("../docs/" + page));
    }

    /** {@return the rows of all tables whose heading has a cell with this text, and in which column that is} */
    static List<String> cellsBelow(String page, String heading) throws IOException {
        int column = -1;
        List<String> cells = new ArrayList<>();
        for (String line : lines(page)) {
            Optional<Row> row = Row.of(line);
            if (!line.startsWith("|")) {
                column = -1;
            } else if (row.isPresent() && row.get().cells().contains(heading)) {
                column = row.get().cells().indexOf(heading);
            } else if (row.isPresent() && column >= 0) {
                cells.add(row.get().cell(column));
            }
        }
        return cells;
    }

    /** {@return the names in these cells that the API does not have} */
    static List<String> missing(List<String> cells) {
        return cells.stream()
                .flatMap(cell -> CODE.matcher(cell).results().map(code -> code.group(1)))
                .filter(name -> !exists(name))
                .toList();
    }

    private static boolean exists(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                && type(matcher.group(1))
                        .filter(type -> matcher.group(2) == null
                                || (matcher.group(3) == null
                                        ? hasConstant(type, matcher.group(2))
                                        : hasMethod(type, matcher.group(2), matcher.group(4))))
                        .isPresent();
    }

    private static Optional<Class<?>> type(String name) {
        return PACKAGES.stream()
                .flatMap(each -> load(each + name.replace('.', '$')).stream())
                .filter(type -> Modifier.isPublic(type.getModifiers()))
                .findFirst();
    }

    private static Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(name, false, GraspObserver.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static boolean hasConstant(Class<?> type, String name) {
        return Arrays.stream(type.getFields()).map(Field::getName).anyMatch(name::equals);
    }

    private static boolean hasMethod(Class<?> type, String name, String parameters) {
        return Stream.of(type.getMethods())
                .filter(method -> method.getName().equals(name))
                .anyMatch(method -> parameters.equals(types(method)));
    }

    private static String types(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
    }

    /**
     * {@return the names in a page's text that begin with a type of the API, but go on with something that the type does
     * not have} Parameters are not compared. Names of other types, and of test classes, are ignored.
     */
    static List<String> wrong(String text) {
        return CODE.matcher(text.replaceAll("(?s)```.*?```", ""))
                .results()
                .map(code -> MEMBER.matcher(code.group(1)))
                .filter(Matcher::lookingAt)
                .filter(name -> type(name.group(1))
                        .filter(type -> !hasMember(type, name.group(2)))
                        .isPresent())
                .map(Matcher::group)
                .distinct()
                .toList();
    }

    private static boolean hasMember(Class<?> type, String name) {
        return Stream.of(type.getFields(), type.getDeclaredFields(), type.getMethods(), type.getDeclaredMethods())
                        .flatMap(Arrays::stream)
                        .map(Member::getName)
                        .anyMatch(name::equals)
                || Arrays.stream(type.getDeclaredClasses())
                        .anyMatch(nested -> nested.getSimpleName().equals(name));
    }

    /** Fails if a cell below the heading names what the API does not have, or if there is no such cell. */
    static void assertExist(String page, String heading) throws IOException {
        List<String> cells = cellsBelow(page, heading);
        assertThat(cells).isNotEmpty();
        assertThat(missing(cells))
                .as("names in docs/" + page + " that the API does not have")
                .isEmpty();
    }
}
