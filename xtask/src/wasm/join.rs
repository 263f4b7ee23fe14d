//! One binary of several that the splitter made of one program.
//!
//! They share memory, table and stack, and call each other by places in the table, so that only the numbers of functions,
//! types and data change. The linker writes each number in five bytes, since it may be changed afterwards; here it gets as
//! many as it needs.

use anyhow::{Context, Result, bail, ensure};
use std::collections::HashMap;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, FunctionSection, ImportSection,
    Module, TypeSection,
};
use wasmparser::{Import, Parser, Payload, SubType, TypeRef};

/// Without names and what else runs nothing (WebAssembly Core Specification 2.0, 5.5.3), and without types that are
/// not used.
pub fn join<B: AsRef<[u8]>>(binaries: &[B]) -> Result<Vec<u8>> {
    let mut joined = Joined::default();
    for binary in binaries {
        joined.add(binary.as_ref())?;
    }
    joined.finish()
}

#[derive(Default)]
struct Joined {
    /// Of the whole program, as each binary has them.
    types: Vec<SubType>,
    imports: ImportSection,
    /// Whose numbers are 0 in each binary.
    imported: Vec<String>,
    functions: FunctionSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
    numbers: Numbers,
}

impl Joined {
    fn add(&mut self, binary: &[u8]) -> Result<()> {
        self.numbers.functions = self.functions.len();
        self.numbers.data = self.data.len();
        let numbers = &mut self.numbers;
        for payload in Parser::new(0).parse_all(binary) {
            match payload? {
                Payload::TypeSection(types) => {
                    let groups: Vec<_> = types.into_iter().collect::<Result<_, _>>()?;
                    let types = groups.into_iter().flat_map(|group| group.into_types());
                    let types: Vec<_> = types.collect();
                    ensure!(
                        self.types.is_empty() || self.types == types,
                        "binaries of two programs"
                    );
                    self.types = types;
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        add_import(&mut self.imports, &mut self.imported, import?)?;
                    }
                }
                Payload::FunctionSection(functions) => {
                    numbers.parse_function_section(&mut self.functions, functions)?;
                }
                Payload::ElementSection(elements) => {
                    numbers.parse_element_section(&mut self.elements, elements)?;
                }
                Payload::CodeSectionStart { .. } | Payload::DataCountSection { .. } => {}
                Payload::CodeSectionEntry(body) => {
                    numbers.parse_function_body(&mut self.code, body)?;
                }
                Payload::DataSection(data) => numbers.parse_data_section(&mut self.data, data)?,
                Payload::ExportSection(exports) if exports.count() == 0 => {}
                Payload::Version { .. } | Payload::CustomSection(_) | Payload::End(_) => {}
                other => bail!("a part has what only a whole program has: {other:?}"),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        let mut types = TypeSection::new();
        for index in self.numbers.types_in_order() {
            let used = self.types.get(index as usize);
            let used = used.context("a type is not there")?.clone();
            let used = self.numbers.sub_type(used)?;
            types.ty().subtype(&used);
        }
        let mut module = Module::new();
        module.section(&types).section(&self.imports);
        module.section(&self.functions).section(&self.elements);
        let count = self.data.len();
        module.section(&DataCountSection { count });
        module.section(&self.code).section(&self.data);
        Ok(module.finish())
    }
}

/// Each once, and of each kind one, so that its number is 0 everywhere.
fn add_import(
    imports: &mut ImportSection,
    imported: &mut Vec<String>,
    import: Import<'_>,
) -> Result<()> {
    let kind = match import.ty {
        TypeRef::Table(_) => "table",
        TypeRef::Memory(_) => "memory",
        TypeRef::Global(_) => "global",
        other => bail!("{} is imported, which is {other:?}", import.name),
    };
    let described = format!("{kind} {} of {}", import.name, import.module);
    if imported.contains(&described) {
        return Ok(());
    }
    let is_second = imported.iter().any(|other| other.starts_with(kind));
    ensure!(!is_second, "{described} is not the only {kind}");
    RoundtripReencoder.parse_import(imports, import)?;
    imported.push(described);
    Ok(())
}

/// What is numbered otherwise in the joined binary.
#[derive(Default)]
struct Numbers {
    /// By the numbers that they had.
    types: HashMap<u32, u32>,
    /// How many functions the binaries before have.
    functions: u32,
    /// How many pieces of data they have.
    data: u32,
}

impl Numbers {
    fn types_in_order(&self) -> Vec<u32> {
        let mut types: Vec<_> = self.types.keys().copied().collect();
        types.sort_by_key(|index| self.types.get(index));
        types
    }
}

impl Reencode for Numbers {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error> {
        let next = self.types.len() as u32;
        Ok(*self.types.entry(index).or_insert(next))
    }

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.functions + index)
    }

    fn data_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.data + index)
    }
}
