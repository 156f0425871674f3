package io.grasp.samples.mutation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Java source as tokens, without format, comments and the packages in qualified names. */
final class JavaTokens {
    /** A token and its position in the source; that of a class includes the package before it. */
    record Token(String text, int start, int end) {}

    /** The first parts of the packages that are ignored in front of a class. */
    private static final Set<String> DOMAINS = Set.of("com", "io", "java", "javax", "org", "reactor", "tools");

    private static final Pattern LEXER = Pattern.compile("""
            (?<ignored>\\s+|//[^\\n]*|/\\*(?s:.*?)\\*/)\
            |"{3}[^\\n]*\\n(?s:.*?)(?<!\\\\)"{3}\
            |"(?:[^"\\\\\\n]|\\\\.)*+"\
            |'(?:[^'\\\\]|\\\\.)[^']*'\
            |\\.?\\d(?:(?<=[\\d.])[eEpP][+-]|[\\w.])*\
            |(?<name>[\\p{L}_$][\\p{L}\\p{N}_$]*)\
            |>>>=|<<=|>>=|>>>|\\.\\.\\.|->|::|\\+\\+|--|&&|\\|\\||[=!<>+\\-*/&|^%]=|<<|>>|\\S""");

    private JavaTokens() {}

    static List<Token> of(String source) {
        List<Token> tokens = new ArrayList<>();
        Matcher lexer = LEXER.matcher(source);
        while (lexer.find()) {
            if (lexer.group("ignored") != null) {
                continue;
            }
            int start = lexer.start();
            if (lexer.group("name") != null && isClass(lexer.group())) {
                start = withoutPackage(tokens, start);
            }
            tokens.add(new Token(lexer.group(), start, lexer.end()));
        }
        return tokens;
    }

    static List<String> texts(List<Token> tokens) {
        return tokens.stream().map(Token::text).toList();
    }

    static boolean isClass(String name) {
        return Character.isUpperCase(name.charAt(0));
    }

    /** Removes the package at the end of some tokens; returns where it starts, or the given place if there is none. */
    private static int withoutPackage(List<Token> tokens, int otherwise) {
        int first = tokens.size();
        while (first >= 2
                && tokens.get(first - 1).text().equals(".")
                && Character.isLowerCase(tokens.get(first - 2).text().charAt(0))) {
            first -= 2;
        }
        if (first == tokens.size() || !DOMAINS.contains(tokens.get(first).text())) {
            return otherwise;
        }
        int start = tokens.get(first).start();
        tokens.subList(first, tokens.size()).clear();
        return start;
    }
}
