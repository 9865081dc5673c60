"""A small reader of GraphQL SDL for the tests here: type, field and enum names only.

It knows descriptions, comments, directives with arguments, and field arguments; it does not
validate. Independent of the C reader on purpose, so that the two check each other.
"""
import re

TOKEN = re.compile(r'\s+|,|\ufeff|#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|("(?:[^"\\\n]|\\.)*")|'
                   r'([A-Za-z_]\w*|-?\d[\w.+-]*|\.\.\.|[!$&()\[\]{}:=@|])', re.S)
ARGS_OPEN, ARGS_CLOSE = '([{', ')]}'


class Type:
    """One definition: kind ("type", "interface", "enum", …), fields {name: (type, directives)}, values, directives."""

    def __init__(self, kind, name):
        self.kind, self.name = kind, name
        self.fields, self.values, self.directives = {}, [], {}
        self.arguments = {}  # of fields that have some: a text, in the order of names


def tokens(text):
    at, out = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError('character %d is not SDL' % at)
        at = match.end()
        if match.group(1) or match.group(2):
            out.append(match.group(1) or match.group(2))
    return out + ['']


class Reader:
    def __init__(self, text):
        self.tokens, self.at, self.types = tokens(text), 0, {}

    def peek(self):
        return self.tokens[self.at]

    def take(self, wanted=None):
        token = self.tokens[self.at]
        if wanted is not None and token != wanted:
            raise SyntaxError('token %d is %r, not %r' % (self.at, token, wanted))
        self.at += 1
        return token

    def skip_group(self):
        """Past a bracketed group; gives its tokens without the outer brackets."""
        start, depth = self.at, 0
        while True:
            token = self.take()
            if not token:
                raise SyntaxError('an open bracket at the end')
            depth += (token in ARGS_OPEN) - (token in ARGS_CLOSE)
            if depth == 0:
                return self.tokens[start + 1:self.at - 1]

    def directive_arguments(self):
        """{directive: {argument: value}}; a value is a name, a string without quotes, or a list of them."""
        found = {}
        while self.peek() == '@':
            self.take()
            name, arguments = self.take(), {}
            inner = self.skip_group() if self.peek() == '(' else []
            at = 0
            while at < len(inner):
                key, at = inner[at], at + 2
                if inner[at] == '[':
                    end = inner.index(']', at)
                    arguments[key] = [item.strip('"') for item in inner[at + 1:end]]
                    at = end + 1
                else:
                    arguments[key] = inner[at].strip('"')
                    at += 1
            found[name] = arguments
        return found

    def type_text(self):
        text = ''
        while self.peek() == '[':
            text += self.take()
        text += self.take()
        while self.peek() in ('!', ']'):
            text += self.take()
        return text

    def default_value(self):
        if self.peek() == '=':
            self.take()
            if self.peek() in ARGS_OPEN:
                self.skip_group()
            else:
                self.take()

    def argument_text(self):
        found = []
        self.take('(')
        while self.peek() != ')':
            name = self.take()
            self.take(':')
            found.append('%s: %s' % (name, self.type_text()))
            self.default_value()
            self.directive_arguments()
        self.take(')')
        return '(%s)' % ', '.join(sorted(found))

    def members(self, definition):
        self.take('{')
        while self.peek() != '}':
            name = self.take()
            if definition.kind == 'enum':
                self.directive_arguments()
                definition.values.append(name)
                continue
            if self.peek() == '(':
                definition.arguments[name] = self.argument_text()
            self.take(':')
            text = self.type_text()
            self.default_value()
            definition.fields[name] = (text, self.directive_arguments())
        self.take('}')

    def definition(self):
        kind = self.take()
        if kind == 'schema':
            self.directive_arguments()
            self.skip_group()
            return
        if kind == 'directive':
            self.take('@')
            self.take()
            if self.peek() == '(':
                self.skip_group()
            while self.peek() in ('repeatable', 'on', '|') or self.peek().isupper() or '_' in self.peek():
                self.take()
            return
        definition = Type(kind, self.take())
        if self.peek() == 'implements':
            while self.peek() not in ('{', '@', ''):
                self.take()
        definition.directives = self.directive_arguments()
        if kind == 'union':
            self.take('=')
            definition.values.append(self.take())
            while self.peek() == '|':
                self.take()
                definition.values.append(self.take())
        elif self.peek() == '{':
            self.members(definition)
        if definition.name in self.types:
            raise SyntaxError('%s is defined twice' % definition.name)
        self.types[definition.name] = definition


def read(path):
    with open(path, encoding='utf-8') as file:
        return read_text(file.read())


def read_text(text):
    reader = Reader(text)
    while reader.peek():
        reader.definition()
    return reader.types


def complete(types):
    """Adds what the loader adds: the common fields; takes the template interfaces away."""
    templates = {name: types.pop(name) for name in ('Std', 'By', 'Attributes', 'Attribute')}
    for definition in types.values():
        entity = definition.directives.get('entity')
        if definition.kind != 'type' or entity is None:
            continue
        if entity.get('std') != 'false':
            add(definition, templates['Std'].fields)
        if entity.get('by') != 'false':
            add(definition, templates['By'].fields)
        if 'attributes' in entity:
            named = entity['attributes']
            add(definition, {name: (text.replace('Attribute', named), directives)
                             for name, (text, directives) in templates['Attributes'].fields.items()})
    return types


def add(definition, fields):
    for name, field in fields.items():
        if name in definition.fields:
            raise SyntaxError('%s.%s is written and common' % (definition.name, name))
        definition.fields[name] = field
